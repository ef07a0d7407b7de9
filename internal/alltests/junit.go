package main

import (
	"encoding/xml"
	"fmt"
	"io"
)

// readJUnit counts the tests in the XML report of pytest. Skipped tests count
// as neither: jupyter_kernel_test skips what a kernel does not claim to do.
func readJUnit(report io.Reader) (tally, error) {
	var suites struct {
		Suites []struct {
			Cases []struct {
				Class   string    `xml:"classname,attr"`
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	var result tally
	if err := xml.NewDecoder(report).Decode(&suites); err != nil {
		return result, fmt.Errorf("read the report of pytest: %w", err)
	}
	for _, suite := range suites.Suites {
		for _, test := range suite.Cases {
			switch {
			case test.Failure != nil || test.Error != nil:
				result.fail(test.Class + " " + test.Name)
			case test.Skipped == nil:
				result.pass()
			}
		}
	}
	return result, nil
}
