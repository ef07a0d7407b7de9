package main

import (
	"bytes"
	"fmt"

	"golang.org/x/tools/go/gcexportdata"
)

// writeTypes makes the archives of export data: one for what all platforms
// agree on and one for what is each platform's own.
//
// Positions are left out. They would point into a GOROOT that is not there at
// run time, and without them more packages are the same on all platforms.
func writeTypes(out output, worlds []*world) error {
	shared := make(map[string][]byte)
	own := make([]map[string][]byte, len(worlds))
	for i := range own {
		own[i] = make(map[string][]byte)
	}
	for _, path := range worlds[0].paths() {
		if worlds[0].source[path] {
			continue
		}
		data := make([][]byte, len(worlds))
		same := true
		for i, w := range worlds {
			var buf bytes.Buffer
			if err := gcexportdata.Write(&buf, nil, w.packages[path].Types); err != nil {
				return fmt.Errorf("package %s: %w", path, err)
			}
			data[i] = buf.Bytes()
			same = same && bytes.Equal(data[i], data[0])
		}
		if same {
			shared[path] = data[0]
			continue
		}
		for i := range worlds {
			own[i][path] = data[i]
		}
	}
	if err := out.zipFile("data/types.zip", shared); err != nil {
		return err
	}
	for i, w := range worlds {
		if err := out.zipFile(fmt.Sprintf("data/types_%s.zip", w.platform), own[i]); err != nil {
			return err
		}
	}
	return nil
}
