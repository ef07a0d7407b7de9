package stdlib

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Entries of the archives are called one of these and an import path; sources
// have a file name after it.
const (
	typesEntry  = "types/"
	docsEntry   = "docs/"
	sourceEntry = "source/"
)

// entries are those of all four archives that this kernel has: what every
// kernel has, what belongs to the Go release that it is built with, to the
// platform that it is built for, and to both. They are opened when something
// in them is first asked for. The archives are part of the program, so an
// error is a broken build.
var entries = sync.OnceValue(func() map[string]*zip.File {
	files := make(map[string]*zip.File)
	for _, data := range []string{sharedData, releaseData, platformData, releasePlatformData} {
		r, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
		if err != nil {
			panic(fmt.Sprintf("stdlib: embedded archive: %v", err))
		}
		for _, f := range r.File {
			files[f.Name] = f
		}
	}
	return files
})

func readEntry(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, f.UncompressedSize64)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Name, err)
	}
	return data, nil
}

// A loan is an archive with entries that this program was built without.
type loan struct {
	mu    sync.Mutex
	fetch func() ([]byte, error)
	files map[string]*zip.File
}

var lent loan

// Lend says where the type data and documentation are that this program was built
// without, as one for browsers may be. The function is called when they are first
// asked for, and again after an error.
func Lend(fetch func() ([]byte, error)) {
	lent.mu.Lock()
	defer lent.mu.Unlock()
	lent.fetch, lent.files = fetch, nil
}

// entry returns an entry, or nil if there is none.
func entry(name string) (*zip.File, error) {
	if f := entries()[name]; f != nil {
		return f, nil
	}
	lent.mu.Lock()
	defer lent.mu.Unlock()
	if lent.fetch == nil {
		return nil, nil
	}
	if lent.files == nil {
		data, err := lent.fetch()
		if err != nil {
			return nil, err
		}
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return nil, fmt.Errorf("what was fetched is no archive: %w", err)
		}
		lent.files = make(map[string]*zip.File)
		for _, f := range r.File {
			lent.files[f.Name] = f
		}
	}
	return lent.files[name], nil
}
