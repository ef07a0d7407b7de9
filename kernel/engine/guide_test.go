package engine

import (
	"os"
	"path/filepath"
	"testing"
)

func TestGuideTmp(t *testing.T) {
	files, _ := filepath.Glob("/tmp/guide/*.go")
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			t.Parallel()
			src, _ := os.ReadFile(f)
			nb := open(t)
			t.Log(nb.run(string(src)))
		})
	}
}
