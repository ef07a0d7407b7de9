package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Of what package stdlib has embedded, the first cells need little: the type data of
// the packages that most programs use. The rest, and all documentation, is a file of
// its own, which the page loads when the kernel has started.

const libraryName = "library.zip"

// atOnce are the packages whose type data is in the program.
var atOnce = []string{
	"bufio", "bytes", "cmp", "container/heap", "container/list", "context", "encoding/json", "errors", "fmt", "io", "log",
	"math", "math/bits", "math/rand", "math/rand/v2", "os", "reflect", "regexp", "runtime", "sort", "strconv", "strings",
	"sync", "sync/atomic", "testing", "time", "unicode", "unicode/utf8",
}

// library writes the library into a file, and what is left of the archives into a
// folder, unpacked: the program is packed as a whole. It returns the file that has the
// go command use these.
func (b *builder) library(ctx context.Context, dir, file string) (overlay string, err error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-f", "{{join .EmbedFiles \"\\n\"}}", "./kernel/stdlib")
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	list, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("looking for the standard library's archives: %w", err)
	}
	var rest bytes.Buffer
	lent := zip.NewWriter(&rest)
	lent.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	replaced := map[string]string{}
	for name := range strings.Lines(string(list)) {
		name = strings.TrimSpace(name)
		if filepath.Ext(name) != ".zip" {
			continue
		}
		from, to := b.path("kernel", "stdlib", filepath.FromSlash(name)), filepath.Join(dir, filepath.Base(name))
		if err := divide(from, to, lent); err != nil {
			return "", fmt.Errorf("dividing %s: %w", name, err)
		}
		replaced[from] = to
	}
	if len(replaced) == 0 {
		return "", errors.New("the standard library has no archives")
	}
	if err := lent.Close(); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, errors.Join(put(overlay, text), put(file, rest.Bytes()))
}

// divide copies the entries of an archive: those of the first cells to another
// archive, the rest to lent.
func divide(from, to string, lent *zip.Writer) error {
	r, err := zip.OpenReader(from)
	if err != nil {
		return err
	}
	defer r.Close()
	var kept bytes.Buffer
	w := zip.NewWriter(&kept)
	for _, f := range r.File {
		into, method := lent, zip.Deflate
		if isAtOnce(f.Name) {
			into, method = w, zip.Store
		}
		data, err := f.Open()
		if err != nil {
			return err
		}
		copied, err := into.CreateHeader(&zip.FileHeader{Name: f.Name, Method: method})
		if err == nil {
			_, err = io.Copy(copied, data)
		}
		if err := errors.Join(err, data.Close()); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return put(to, kept.Bytes())
}

// isAtOnce reports whether an entry is in the program: see package stdlib for how they
// are called.
func isAtOnce(name string) bool {
	kind, path, _ := strings.Cut(name, "/")
	switch kind {
	case "docs":
		return false
	case "types":
		return strings.Contains(path, ".") || slices.Contains(atOnce, path)
	}
	return true
}
