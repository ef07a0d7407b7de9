package course

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
	blank "github.com/gosched/gosched/notebooks"
)

// largest is how large a notebook may be to be shown by a web page, in bytes.
const largest = 500_000

// Notebooks can be read without a kernel: what their cells have shown is with them, it
// is of these very cells, it is right, and no picture needs a script.
func TestStored(t *testing.T) {
	const how = "; store it with: go run ./internal/book -store"
	for _, file := range notebooks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			nb := read(t, file)
			if was, _ := nb.Metadata[mark].(map[string]any); was["ran"] != Ran(nb) {
				t.Fatalf("what is stored is of other cells%s", how)
			}
			for _, cell := range nb.Cells {
				if cell.Type != notebook.Code {
					continue
				}
				shown, err := Shown(cell)
				if err != nil {
					t.Fatal(err)
				}
				if !shown {
					if cell.ExecutionCount != 0 || cell.Outputs != nil {
						t.Errorf("cell %s shows what is to be found out%s", cell.ID, how)
					}
					continue
				}
				m, err := ReadMetadata(cell)
				if err != nil {
					t.Fatal(err)
				}
				if err := m.storable(cell.Outputs); err != nil || cell.ExecutionCount == 0 {
					t.Errorf("cell %s, run as number %d: %v%s", cell.ID, cell.ExecutionCount, err, how)
				}
				for _, o := range cell.Outputs {
					html, _ := o.Data["text/html"].(string)
					if o.Data["image/svg+xml"] != nil && html != "" || strings.Contains(html, "<script") {
						t.Errorf("cell %s has HTML that needs a script%s", cell.ID, how)
					}
					if svg, ok := o.Data["image/svg+xml"].(string); ok && !strings.Contains(svg, "<title>") && !strings.Contains(svg, "aria-label=") {
						t.Errorf("cell %s has a picture without words", cell.ID)
					}
				}
			}
			if info, err := os.Stat(file); err != nil || info.Size() > largest {
				t.Errorf("it has %d bytes, more than %d: %v", info.Size(), largest, err)
			}
		})
	}
}

// Learners get the same notebooks, and no outputs; nobody's own notebook is touched.
func TestLearnersGetCellsThatHaveNotBeenRun(t *testing.T) {
	for _, file := range notebooks(t) {
		content, err := blank.ForLearners.ReadFile(filepath.Base(file))
		if err != nil {
			t.Fatal(err)
		}
		given, err := notebook.Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		want := read(t, file)
		delete(want.Metadata, mark)
		for _, cell := range want.Cells {
			cell.Outputs, cell.ExecutionCount = nil, 0
		}
		if !reflect.DeepEqual(given, want) {
			t.Errorf("%s is another one for learners", filepath.Base(file))
		}
	}
	own := `{"cells":[{"cell_type":"code","source":"1","outputs":[],"execution_count":7,"metadata":{}}],"metadata":{},"nbformat":4,"nbformat_minor":4}`
	if got, err := blank.Blank([]byte(own)); err != nil || string(got) != own {
		t.Errorf("somebody's own notebook has become %s, %v", got, err)
	}
}

// What is stored stays until it is wrong, of another kind, or of other cells.
func TestStore(t *testing.T) {
	expect := func(lines ...any) map[string]any {
		return map[string]any{mark: map[string]any{"expect": map[string]any{"stdout": lines}}}
	}
	printed := func(text string) []notebook.Output {
		return []notebook.Output{{Type: notebook.Stream, Name: "stdout", Text: text}}
	}
	ran := func(outputs ...[]notebook.Output) *notebook.Notebook {
		nb := &notebook.Notebook{Metadata: map[string]any{"kernelspec": "go"}}
		for i, id := range []string{"took", "practice-predict-run", "check"} {
			cell := &notebook.Cell{ID: id, Type: notebook.Code, Source: id + "()", Metadata: expect([]any{"/a \\d+ms/", "b"})}
			if id == "check" {
				cell.Metadata = map[string]any{mark: map[string]any{"role": RoleCheck}}
			}
			if i < len(outputs) {
				cell.ExecutionCount, cell.Outputs = i+1, outputs[i]
			}
			nb.Cells = append(nb.Cells, cell)
		}
		return nb
	}
	first, second := printed("a 1ms\nb\n"), printed("b\na 22ms\n")
	store := func(nb, run *notebook.Notebook) *notebook.Notebook {
		t.Helper()
		stored, err := Store(nb, run)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	stored := store(ran(), ran(first, first, first))
	if got := stored.Cells[0]; !reflect.DeepEqual(got.Outputs, first) || got.ExecutionCount != 1 {
		t.Errorf("stored first: %v", got)
	}
	if stored.Cells[1].Outputs != nil || stored.Cells[2].Outputs != nil {
		t.Errorf("stored what is to be found out: %v, %v", stored.Cells[1], stored.Cells[2])
	}
	if again := store(stored, ran(second, second, second)); !reflect.DeepEqual(again, stored) {
		t.Errorf("other milliseconds have changed it: %v", again.Cells[0])
	}
	changed := func(change func(*notebook.Notebook)) *notebook.Notebook {
		nb := &notebook.Notebook{Metadata: maps.Clone(stored.Metadata), Cells: slices.Clone(stored.Cells)}
		cell := *nb.Cells[0]
		nb.Cells[0] = &cell
		change(nb)
		return store(nb, ran(second, second, second))
	}
	for what, change := range map[string]func(*notebook.Notebook){
		"wrong": func(nb *notebook.Notebook) { nb.Cells[0].Outputs = printed("a 1ms\n") },
		"another kind": func(nb *notebook.Notebook) {
			nb.Cells[0].Outputs = append(slices.Clone(first), notebook.Output{Type: notebook.DisplayData, Data: map[string]any{"text/plain": "c"}})
		},
		"other cells":   func(nb *notebook.Notebook) { nb.Cells[0].Source += "// changed" },
		"without a sum": func(nb *notebook.Notebook) { delete(nb.Metadata, mark) },
	} {
		if got := changed(change); !reflect.DeepEqual(got.Cells[0].Outputs, second) {
			t.Errorf("%s: %v stays", what, got.Cells[0].Outputs)
		}
	}
	picture := ran([]notebook.Output{{Type: notebook.DisplayData, Data: map[string]any{"image/svg+xml": "<svg>", "text/html": "<script>", "text/plain": "lanes"}}})
	if got := store(ran(), picture).Cells[0].Outputs[0].Data; len(got) != 2 || got["text/html"] != nil {
		t.Errorf("a picture is stored as %v", got)
	}
	if len(picture.Cells[0].Outputs[0].Data) != 3 {
		t.Error("the run itself has changed")
	}
}
