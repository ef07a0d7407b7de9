// Package notebooks holds the course, for programs that hand it out.
package notebooks

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"

	"github.com/gosched/gosched/internal/notebook"
)

// Files are the course's notebooks, by name, with what their cells have shown.
//
//go:embed *.ipynb
var Files embed.FS

// Mark is where a notebook's metadata says that its outputs are the course's, and of
// which cells.
const Mark = "gosched"

// ForLearners are the notebooks as learners get them: no cell has been run yet.
var ForLearners fs.ReadFileFS = blank{Files}

// A blank reads files without what cells have shown.
type blank struct{ fs.FS }

func (b blank) ReadFile(name string) ([]byte, error) {
	content, err := fs.ReadFile(b.FS, name)
	if err != nil {
		return nil, err
	}
	return Blank(content)
}

// Blank is a notebook without the outputs that it is stored with. One that says of no
// outputs that they are the course's stays as it is, to the byte.
func Blank(content []byte) ([]byte, error) {
	nb, err := notebook.Parse(content)
	if err != nil {
		return nil, fmt.Errorf("take the outputs out of a notebook: %w", err)
	}
	if nb.Metadata[Mark] == nil {
		return content, nil
	}
	delete(nb.Metadata, Mark)
	for _, cell := range nb.Cells {
		cell.Outputs, cell.ExecutionCount = nil, 0
	}
	var out bytes.Buffer
	if err := nb.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
