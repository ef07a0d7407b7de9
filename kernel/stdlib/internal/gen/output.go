package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
)

// output holds generated files by slash-separated path below the stdlib
// package's folder.
type output map[string][]byte

// generatedGlobs name what the generator owns: files found there that it did
// not make this time are stale and removed.
var generatedGlobs = []string{"symbols/zz_*.go", "zz_*.go", "data/*.zip", "source/*/zz_*.go", "source/*/*/zz_*.go"}

// zipFile makes an archive. The bytes depend on the entries and on the release
// of Go that compresses them: no times, entries in order of their names.
func zipFile(entries map[string][]byte) ([]byte, error) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, path := range sortedKeys(entries) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(entries[path]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// unzip returns the entries of an archive.
func unzip(data []byte) (map[string][]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	entries := make(map[string][]byte)
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		if entries[f.Name], err = io.ReadAll(in); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return entries, nil
}

// unchanged reports whether a file has what it is to have. An archive with the
// same entries is left as it is, whoever compressed it.
func unchanged(name string, old, data []byte) bool {
	if bytes.Equal(old, data) {
		return true
	}
	if filepath.Ext(name) != ".zip" {
		return false
	}
	have, err := unzip(old)
	if err != nil {
		return false
	}
	want, err := unzip(data)
	return err == nil && maps.EqualFunc(have, want, bytes.Equal)
}

func (o output) write(dir string) error {
	for _, glob := range generatedGlobs {
		old, err := filepath.Glob(filepath.Join(dir, glob))
		if err != nil {
			return err
		}
		for _, name := range old {
			rel, err := filepath.Rel(dir, name)
			if err != nil {
				return err
			}
			if _, ok := o[filepath.ToSlash(rel)]; ok {
				continue
			}
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedKeys(o) {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if old, err := os.ReadFile(full); err == nil && unchanged(name, old, o[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, o[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}
