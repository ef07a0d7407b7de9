package picture

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what is drawn; go test -update writes it, then look at it", path)
	}
}

func TestSVGGolden(t *testing.T) {
	for name, record := range samples {
		t.Run(name, func(t *testing.T) { golden(t, name+".svg", SVG(record())) })
	}
}
