package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// missingPrefix begins the reasons of tests that skip because something is not
// here; see tests/needs.py.
const missingPrefix = "missing: "

// readJUnit counts the tests in the XML report of pytest. Tests that skip for
// other reasons count as neither: jupyter_kernel_test skips what a kernel does
// not claim to do.
func readJUnit(report io.Reader) (tally, error) {
	var suites struct {
		Suites []struct {
			Cases []struct {
				Class   string    `xml:"classname,attr"`
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
				Skipped *struct {
					Message string `xml:"message,attr"`
				} `xml:"skipped"`
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
			case strings.HasPrefix(test.Skipped.Message, missingPrefix):
				result.skip(test.Class+" "+test.Name, strings.TrimPrefix(test.Skipped.Message, missingPrefix))
			}
		}
	}
	return result, nil
}
