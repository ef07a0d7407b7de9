package course

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
)

func stdout(text string) []notebook.Output {
	return []notebook.Output{{Type: notebook.Stream, Name: "stdout", Text: text}}
}

func TestCompare(t *testing.T) {
	failure := []notebook.Output{{Type: notebook.Error, EName: "panic", EValue: "boom",
		Traceback: []string{"\x1b[31mpanic: boom\x1b[0m", "", "main(...)", "\tcell 3 line 4"}}}
	shown := []notebook.Output{
		{Type: notebook.DisplayData, Data: map[string]any{"text/plain": "a\nb"}},
		{Type: notebook.ExecuteResult, Data: map[string]any{"text/plain": "42"}},
	}
	for _, tt := range []struct {
		name    string
		expect  string
		outputs []notebook.Output
		wrong   string // a part of the error; empty for none
	}{
		{"nothing", `{}`, nil, ""},
		{"too much", `{}`, stdout("a\n"), "more than expected"},
		{"lines", `{"stdout": ["a", "b"]}`, stdout("a  \nb\n"), ""},
		{"no newline at the end", `{"stdout": ["a"]}`, stdout("a"), ""},
		{"another order", `{"stdout": ["a", "b"]}`, stdout("b\na\n"), `want "a"`},
		{"one too few", `{"stdout": ["a", "b"]}`, stdout("a\n"), `want "b"`},
		{"one too many", `{"stdout": ["a"]}`, stdout("a\na\n"), "more than expected"},
		{"in pieces", `{"stdout": ["ab"]}`, append(stdout("a"), stdout("b\n")...), ""},
		{"any order", `{"stdout": [["a", "b"], "c"]}`, stdout("b\na\nc\n"), ""},
		{"any order, not that one", `{"stdout": [["a", "b"], "c"]}`, stdout("b\nc\na\n"), "in any order"},
		{"any order, twice the same", `{"stdout": [["a", "b"]]}`, stdout("b\nb\n"), "in any order"},
		{"pairing", `{"stdout": [["/.*/", "a"]]}`, stdout("a\nb\n"), ""},
		{"expression", `{"stdout": ["/\\d+ ms/"]}`, stdout("12 ms\n"), ""},
		{"expression for the whole line", `{"stdout": ["/\\d+ ms/"]}`, stdout("12 ms!\n"), "want"},
		{"repeat", `{"stdout": [{"repeat": "/tick \\d/"}, "end"]}`, stdout("tick 1\ntick 2\nend\n"), ""},
		{"repeat needs one", `{"stdout": [{"repeat": "/tick \\d/"}, "end"]}`, stdout("end\n"), "once or more"},
		{"maybe", `{"stdout": ["a", {"maybe": "/b+/"}, "c"]}`, stdout("a\nb\nbb\nc\n"), ""},
		{"maybe not", `{"stdout": ["a", {"maybe": "/b+/"}, "c", {"maybe": "d"}]}`, stdout("a\nc\n"), ""},
		{"maybe, and something else", `{"stdout": [{"maybe": "b"}]}`, stdout("c\n"), "more than expected"},
		{"stderr is not stdout", `{"stdout": ["a"]}`, []notebook.Output{{Type: notebook.Stream, Name: "stderr", Text: "a\n"}}, "stderr"},
		{"shown", `{"result": ["42"], "display": [["a", "b"]]}`, shown, ""},
		{"another result", `{"result": ["43"], "display": [["a", "b"]]}`, shown, "the result"},
		{"another display", `{"result": ["42"], "display": [["a"]]}`, shown, "display 1"},
		{"no display wanted", `{"result": ["42"]}`, shown, "1 displays, want 0"},
		{"failure", `{"error": {"name": "panic", "value": "boom", "traceback": ["panic: boom", "/cell \\d line 4/"]}}`, failure, ""},
		{"failure not wanted", `{}`, failure, "it fails with panic: boom"},
		{"failure missing", `{"error": {"name": "panic", "value": "boom"}}`, nil, "it does not fail"},
		{"another failure", `{"error": {"name": "deadlock", "value": "boom"}}`, failure, "want deadlock"},
		{"another value", `{"error": {"name": "panic", "value": "bang"}}`, failure, "want panic: bang"},
		{"traceback in order", `{"error": {"name": "panic", "value": "boom", "traceback": ["main(...)", "panic: boom"]}}`, failure, `no line like "panic: boom"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var e Expectation
			if err := strict([]byte(tt.expect), &e); err != nil {
				t.Fatal(err)
			}
			err := e.Compare(tt.outputs)
			if tt.wrong == "" && err != nil {
				t.Errorf("error %v", err)
			}
			if tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("error %v, want %q in it", err, tt.wrong)
			}
		})
	}
}

func TestBadMetadata(t *testing.T) {
	for name, metadata := range map[string]string{
		"misspelt":       `{"expext": {}}`,
		"misspelt below": `{"expect": {"sdtout": []}}`,
		"expression":     `{"expect": {"stdout": ["/(/"]}}`,
		"object":         `{"expect": {"stdout": [{"again": "a"}]}}`,
		"two objects":    `{"expect": {"stdout": [{"repeat": "a", "maybe": "b"}]}}`,
		"kind":           `{"expect": {"stdout": [7]}}`,
	} {
		var value any
		if err := json.Unmarshal([]byte(metadata), &value); err != nil {
			t.Fatal(err)
		}
		cell := &notebook.Cell{ID: "x", Metadata: map[string]any{"gosched": value}}
		if _, err := ReadMetadata(cell); err == nil {
			t.Errorf("%s: no error for %s", name, metadata)
		}
	}
}

func TestFindExercise(t *testing.T) {
	cell := func(role, source string, more map[string]any) *notebook.Cell {
		m := map[string]any{"role": role}
		for k, v := range more {
			m[k] = v
		}
		return &notebook.Cell{ID: role, Type: notebook.Code, Source: source, Metadata: map[string]any{"gosched": m}}
	}
	given := cell(RoleExercise, "func f() {}", nil)
	judged := map[string]any{"solved": map[string]any{}}
	check := cell(RoleCheck, "f()", judged)
	solution := cell(RoleSolution, "<details>\n\n```go\nfunc f() int { return 1 }\n```\n\n</details>", nil)

	nb := &notebook.Notebook{Cells: []*notebook.Cell{given, check, solution}}
	e, err := FindExercise(nb)
	if err != nil {
		t.Fatal(err)
	}
	if e.Solution != "func f() int { return 1 }" {
		t.Errorf("solution %q", e.Solution)
	}
	again := e.WithSolution(nb)
	if len(again.Cells) != 3+2 || again.Cells[3].Source != e.Solution || again.Cells[4].Source != "f()" {
		t.Errorf("cells %v", again.Cells)
	}
	if len(nb.Cells) != 3 {
		t.Error("the notebook itself has grown")
	}
	for name, cells := range map[string][]*notebook.Cell{
		"no solution":        {given, check},
		"no check":           {given, solution},
		"check says nothing": {given, cell(RoleCheck, "f()", nil), solution},
		"no code":            {given, check, cell(RoleSolution, "think", nil)},
		"unknown role":       {cell("answer", "", nil)},
	} {
		if _, err := FindExercise(&notebook.Notebook{Cells: cells}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
