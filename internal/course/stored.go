package course

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
	lessons "github.com/gosched/gosched/notebooks"
)

// Shown says whether a cell is stored with what it has shown. What learners are to find
// out by themselves is not: what they write, what a check says to it, and what they
// are asked to predict.
func Shown(cell *notebook.Cell) (bool, error) {
	m, err := ReadMetadata(cell)
	if err != nil {
		return false, err
	}
	return cell.Type == notebook.Code && m.Role == "" && !strings.HasPrefix(cell.ID, "practice-predict"), nil
}

// Storable says what keeps the outputs of cells from being stored: they are not what is
// expected, or, where a measurement is to be seen, a busy machine has upset it.
func Storable(cells []*notebook.Cell) error {
	return compare(cells, Metadata.storable)
}

func (m Metadata) storable(outputs []notebook.Output) error {
	if err := m.Expect.Compare(outputs); err != nil || m.Stored == nil {
		return err
	}
	return m.Stored.Compare(outputs)
}

const mark = lessons.Mark

// Ran is a sum of what is run in a notebook. Stored outputs are those of its cells as
// they are if it says so in its metadata.
func Ran(nb *notebook.Notebook) string {
	sum := sha256.New()
	for _, cell := range nb.Cells {
		if cell.Type == notebook.Code {
			fmt.Fprintf(sum, "%s\n%d\n%s\n", cell.ID, len(cell.Source), cell.Source)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Store is a notebook with what its cells have shown in a run of it. Outputs that it has
// already are kept if they are of the same cells, [Storable], and of the same kind: other
// milliseconds and another order of goroutines are no news.
func Store(nb, run *notebook.Notebook) (*notebook.Notebook, error) {
	if len(nb.Cells) != len(run.Cells) {
		return nil, fmt.Errorf("%d cells were run, of %d", len(run.Cells), len(nb.Cells))
	}
	stored := &notebook.Notebook{Metadata: maps.Clone(nb.Metadata)}
	was, _ := nb.Metadata[mark].(map[string]any)
	same := was["ran"] == Ran(nb)
	stored.Metadata[mark] = map[string]any{"ran": Ran(nb)}
	for i, cell := range nb.Cells {
		c := *cell
		stored.Cells = append(stored.Cells, &c)
		shown, err := Shown(cell)
		if err != nil {
			return nil, err
		}
		if !shown {
			c.ExecutionCount, c.Outputs = 0, nil
			continue
		}
		outputs := tidy(run.Cells[i].Outputs)
		if m, err := ReadMetadata(cell); err != nil {
			return nil, err
		} else if same && m.storable(cell.Outputs) == nil && slices.Equal(kinds(cell.Outputs), kinds(outputs)) {
			continue
		}
		c.ExecutionCount, c.Outputs = run.Cells[i].ExecutionCount, outputs
	}
	return stored, nil
}

// tidy are outputs for those who only look: a picture stays as SVG, which needs no
// script, and as text.
func tidy(outputs []notebook.Output) []notebook.Output {
	outputs = slices.Clone(outputs)
	for i, o := range outputs {
		if o.Data["image/svg+xml"] != nil {
			outputs[i].Data = maps.Clone(o.Data)
			delete(outputs[i].Data, "text/html")
		}
	}
	return outputs
}

var style = regexp.MustCompile(`(?s)<style[^>]*>.*?</style>`)

// kinds says of each output but text what kind of thing it is, and how a picture is drawn.
func kinds(outputs []notebook.Output) (all []string) {
	for _, o := range outputs {
		if o.Type == notebook.Stream {
			continue // it comes in any number of pieces
		}
		kind := fmt.Sprint(o.Type, o.EName, slices.Sorted(maps.Keys(o.Data)))
		if svg, ok := o.Data["image/svg+xml"].(string); ok {
			kind += style.FindString(svg)
		}
		all = append(all, kind)
	}
	return all
}
