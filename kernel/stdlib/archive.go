package stdlib

import (
	"archive/zip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
)

var (
	//go:embed data/types.zip
	sharedTypesZip string
	//go:embed data/docs.zip
	docsZip string
	//go:embed data/sources.zip
	moduleSourcesZip string

	sharedTypes   = archive(&sharedTypesZip)
	platformTypes = archive(&platformTypesZip)
	docs          = archive(&docsZip)
	moduleSources = archive(&moduleSourcesZip)
)

// archive returns a function that opens an embedded archive when it is first
// called. The archives are part of the program, so an error is a broken build.
func archive(data *string) func() map[string]*zip.File {
	return sync.OnceValue(func() map[string]*zip.File {
		r, err := zip.NewReader(strings.NewReader(*data), int64(len(*data)))
		if err != nil {
			panic(fmt.Sprintf("stdlib: embedded archive: %v", err))
		}
		files := make(map[string]*zip.File, len(r.File))
		for _, f := range r.File {
			files[f.Name] = f
		}
		return files
	})
}

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
