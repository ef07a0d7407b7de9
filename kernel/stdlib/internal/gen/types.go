package main

import (
	"bytes"
	"fmt"

	"golang.org/x/tools/go/gcexportdata"
)

// writeTypes adds the export data of the compiled packages.
//
// Positions are left out. They would point into a GOROOT that is not there at
// run time, and without them more packages are the same on all platforms and
// in all releases.
func writeTypes(out content, w *world) error {
	for _, path := range w.paths() {
		if w.source[path] {
			continue
		}
		var buf bytes.Buffer
		if err := gcexportdata.Write(&buf, nil, w.packages[path].Types); err != nil {
			return fmt.Errorf("package %s: %w", path, err)
		}
		out.data[typesEntry+path] = buf.Bytes()
	}
	return nil
}
