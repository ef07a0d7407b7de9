package install

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is shipped was built from the sources that are there.
func TestExtensionIsBuiltFromItsSources(t *testing.T) {
	h := sha256.New()
	for _, name := range []string{"package.json", "tsconfig.json", "schema/plugin.json", "src/connection.ts", "src/editor.ts", "src/indent.ts", "src/index.ts", "src/panel.ts"} {
		content, err := os.ReadFile(filepath.Join("..", "labextension", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		h.Write(content)
	}
	built, err := extension.ReadFile("labextension/sources.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != strings.TrimSpace(string(built)) {
		t.Errorf("the sources of labextension have changed since the panel was built: run labextension/build")
	}
	sources, err := filepath.Glob("../labextension/src/*.ts")
	if err != nil || len(sources) != 5 {
		t.Errorf("the hash does not cover all of %v", sources)
	}
}

func TestExtensionComesAndGoesWithTheKernels(t *testing.T) {
	data := t.TempDir()
	kernels := KernelsDir(data)
	entry := filepath.Join(data, "labextensions", extensionName, "package.json")
	for _, name := range []string{"one", "two", "two"} {
		if _, err := (Kernelspec{Name: name, DisplayName: name, Executable: "/bin/true", Version: "1"}).Install(kernels); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(entry); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"one", "two"} {
		if _, err := os.Stat(entry); err != nil {
			t.Fatal(err)
		}
		if _, err := Remove(kernels, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Dir(filepath.Dir(entry))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left: %v", err)
	}
}
