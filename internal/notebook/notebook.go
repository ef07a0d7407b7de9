// Package notebook reads and writes Jupyter notebooks: nbformat 4, in the
// bytes that Python's nbformat would write. It knows cells and their outputs
// and does not run them.
//
// The format is described at
// https://nbformat.readthedocs.io/en/latest/format_description.html.
package notebook

import "slices"

// The nbformat that is written.
const (
	Major = 4
	Minor = 5
)

// A Notebook is a list of cells. Metadata that this package does not know is
// kept as it was read, with numbers as json.Number.
type Notebook struct {
	Metadata map[string]any
	Cells    []*Cell
}

// A CellType says what a cell's source is.
type CellType string

// The types of cells.
const (
	Code     CellType = "code"
	Markdown CellType = "markdown"
	Raw      CellType = "raw"
)

// A Cell is one cell. ExecutionCount and Outputs are those of code cells;
// ExecutionCount is 0 for one that has not been run.
type Cell struct {
	ID             string
	Type           CellType
	Source         string
	Metadata       map[string]any
	Attachments    map[string]any
	ExecutionCount int
	Outputs        []Output
}

// Tagged says whether the cell has a tag, such as "raises-exception".
func (c *Cell) Tagged(tag string) bool {
	tags, _ := c.Metadata["tags"].([]any)
	return slices.Contains(tags, any(tag))
}

// An OutputType says which fields of an Output count.
type OutputType string

// The types of outputs.
const (
	Stream        OutputType = "stream"         // Name, Text
	DisplayData   OutputType = "display_data"   // Data, Metadata
	ExecuteResult OutputType = "execute_result" // Data, Metadata, ExecutionCount
	Error         OutputType = "error"          // EName, EValue, Traceback
)

// An Output is one thing that a cell has shown.
type Output struct {
	Type OutputType

	Name string // "stdout" or "stderr"
	Text string

	Data           map[string]any // by MIME type; strings, or any JSON for JSON types
	Metadata       map[string]any
	ExecutionCount int

	EName, EValue string
	Traceback     []string
}

// New returns a notebook of code cells.
func New(sources ...string) *Notebook {
	nb := &Notebook{Metadata: map[string]any{}}
	for _, source := range sources {
		nb.Cells = append(nb.Cells, &Cell{Type: Code, Source: source, Metadata: map[string]any{}})
	}
	return nb
}
