package notebook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
)

// A File is a notebook file that is read a cell at a time, so that it takes no
// more memory than its largest cell.
type File struct {
	Metadata map[string]any

	source source
	cells  []section
	ids    []string // as they are written
}

type source interface {
	io.ReadSeeker
	io.ReaderAt
	io.Closer
}

// Open opens a notebook file and looks at all of it. Its errors are those of
// [ReadFile].
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := open(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return f, nil
}

// File is the notebook as if it had been opened.
func (nb *Notebook) File() (*File, error) {
	var content bytes.Buffer
	if err := nb.Write(&content); err != nil {
		return nil, err
	}
	return open(inMemory{bytes.NewReader(content.Bytes())})
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// open reads the source once and keeps where its cells are.
func open(s source) (*File, error) {
	f := &File{source: s}
	var ids []string
	var err error
	f.Metadata, err = scan(s,
		func(cell *Cell, at section) {
			f.cells = append(f.cells, at)
			ids = append(ids, cell.ID)
		},
		func() { f.cells, ids = nil, nil })
	f.ids = cellIDs(ids)
	return f, err
}

// Close closes the file.
func (f *File) Close() error { return f.source.Close() }

// Cells reads the cells in turn.
func (f *File) Cells() iter.Seq2[*Cell, error] {
	return func(yield func(*Cell, error) bool) {
		for i, at := range f.cells {
			cell, err := f.cell(at)
			if err != nil {
				yield(nil, fmt.Errorf("read cell %d again: %w", i+1, err))
				return
			}
			if !yield(cell, nil) {
				return
			}
		}
	}
}

func (f *File) cell(at section) (*Cell, error) {
	raw := make([]byte, at.end-at.start)
	if _, err := f.source.ReadAt(raw, at.start); err != nil {
		return nil, err
	}
	return parseCell(raw)
}

// WriteFile writes the notebook as [Notebook.WriteFile] does. Each cell is
// changed before; its number counts from 0.
func (f *File) WriteFile(path string, change func(number int, c *Cell)) error {
	return writeFile(path, func(w io.Writer) error {
		return writeNotebook(w, f.Metadata, f.ids, func(yield func(*Cell, error) bool) {
			number := 0
			for cell, err := range f.Cells() {
				if err == nil {
					change(number, cell)
				}
				if number++; !yield(cell, err) {
					return
				}
			}
		})
	})
}
