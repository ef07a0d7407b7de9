package notebook

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

const golden = "testdata/nbformat.ipynb" // written by testdata/make.py

func write(t *testing.T, nb *Notebook) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := nb.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What nbformat wrote is written again byte for byte.
func TestWritesLikeNbformat(t *testing.T) {
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	got := write(t, nb)
	if !bytes.Equal(got, want) {
		gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(gotLines), len(wantLines)) {
			if gotLines[i] != wantLines[i] {
				t.Fatalf("line %d is %q, want %q", i+1, gotLines[i], wantLines[i])
			}
		}
		t.Fatalf("%d lines, want %d", len(gotLines), len(wantLines))
	}
}

func TestParse(t *testing.T) {
	nb, err := ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	code := nb.Cells[0]
	if !code.Tagged("raises-exception") || code.Tagged("other") {
		t.Error("tags are wrong")
	}
	if code.ExecutionCount != 3 || len(code.Outputs) != 5 {
		t.Errorf("count %d, %d outputs", code.ExecutionCount, len(code.Outputs))
	}
	if got := code.Outputs[0]; got.Type != Stream || got.Name != "stdout" || got.Text != "a\nb\n" {
		t.Errorf("stream: %+v", got)
	}
	if got := code.Outputs[2].Data["text/plain"]; got != "one\ntwo" {
		t.Errorf("text/plain: %v", got)
	}
	if got, ok := code.Outputs[2].Data["application/x.y+json"].([]any); !ok || len(got) != 2 {
		t.Errorf("a JSON list was joined: %v", code.Outputs[2].Data["application/x.y+json"])
	}
	if got := nb.Cells[1]; got.Type != Markdown || got.Source != "# Title\n\ntext 𝄞 \ufffd" {
		t.Errorf("markdown: %+v", got)
	}
}

func TestParseErrors(t *testing.T) {
	cell := func(c string) string {
		return `{"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "raw"}, ` + c + `]}`
	}
	for _, tt := range []struct{ name, content, want string }{
		{"empty", " \n", "empty file"},
		{"a Go file", "package main\n", "line 1 is not JSON"},
		{"cut off", "{\"nbformat\": 4,\n\"cells\": [", "not a notebook"},
		{"syntax", "{\"nbformat\": 4,\n\n,}", "line 3 is not JSON"},
		{"a list", "[1]", "JSON array instead of an object"},
		{"other JSON", `{"a": 1}`, `no "nbformat"`},
		{"nbformat 3", `{"nbformat": 3, "worksheets": []}`, "old format 3"},
		{"nbformat 5", `{"nbformat": 5}`, "format 5, which is newer"},
		{"two documents", `{"nbformat": 4} {}`, "follows its end"},
		{"a stray brace", `{"nbformat": 4}}`, "follows its end"},
		{"not UTF-8", "{\"nbformat\": 4, \"x\": \"\xff\"}", "not UTF-8"},
		{"no type", cell(`{}`), "cell 2: it has no cell_type"},
		{"strange type", cell(`{"cell_type": "heading"}`), `cell 2: its cell_type "heading"`},
		{"source", cell(`{"cell_type": "code", "source": 7}`), "cell 2"},
		{"cells", `{"nbformat": 4, "cells": 7}`, `"cells" is of the wrong kind`},
		{"output", cell(`{"cell_type": "code", "outputs": [{"output_type": "pyout"}]}`), `cell 2: output 1: its output_type "pyout"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nb, err := Parse([]byte(tt.content))
			if err == nil {
				t.Fatalf("no error; read %+v", nb)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want %q in it", err, tt.want)
			}
		})
	}
}

func TestCellIDs(t *testing.T) {
	nb := New("a", "b", "c", "d", "e")
	nb.Cells[0].ID = "cell-2"
	nb.Cells[2].ID = "cell-2"
	nb.Cells[3].ID = "not valid"
	nb.Cells[4].ID = strings.Repeat("x", 65)
	again, err := Parse(write(t, nb))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, cell := range again.Cells {
		if !validID(cell.ID) || seen[cell.ID] {
			t.Errorf("cell %d has the id %q", i+1, cell.ID)
		}
		seen[cell.ID] = true
	}
	if again.Cells[0].ID != "cell-2" {
		t.Errorf("a valid id became %q", again.Cells[0].ID)
	}
}

func TestWriteFileKeepsPermissions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.ipynb")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := New("1 + 1").WriteFile(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := New().WriteFile(filepath.Join(t.TempDir(), "no", "x.ipynb")); err == nil {
		t.Error("no error for a directory that is not there")
	}
}

// Expected values are those of Python's str.splitlines(True).
func TestSplitLines(t *testing.T) {
	for in, want := range map[string][]string{
		"":             {},
		"a":            {"a"},
		"a\nb":         {"a\n", "b"},
		"a\r\nb\rc\n":  {"a\r\n", "b\r", "c\n"},
		"\n\n":         {"\n", "\n"},
		"a\u2028b\x1c": {"a\u2028", "b\x1c"},
	} {
		if got := splitLines(in); !slices.Equal(got, want) {
			t.Errorf("splitLines(%q) = %q, want %q", in, got, want)
		}
	}
}

// nbformat itself accepts what is written, and would write it the same way.
func TestNbformatAccepts(t *testing.T) {
	python := testenv.Python(t, "nbformat")
	nb := New("fmt.Println(1)\n", "")
	nb.Cells[0].ExecutionCount = 1
	nb.Cells[0].Outputs = []Output{
		{Type: Stream, Name: "stdout", Text: "1\n"},
		{Type: DisplayData, Data: map[string]any{"text/html": "<b>\n</b>"}},
		{Type: ExecuteResult, Data: map[string]any{"text/plain": "1"}, ExecutionCount: 1},
		{Type: Error, EName: "panic", EValue: "boom"},
	}
	path := filepath.Join(t.TempDir(), "x.ipynb")
	if err := nb.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	script := `import nbformat, sys
raw = open(sys.argv[1], encoding="utf-8").read()
nb = nbformat.reads(raw, as_version=nbformat.NO_CONVERT)
nbformat.validate(nb)
assert nbformat.writes(nb) + "\n" == raw, nbformat.writes(nb)`
	if out, err := exec.Command(python, "-W", "error", "-c", script, path).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func FuzzParse(f *testing.F) {
	content, err := os.ReadFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", "b"], "outputs": [{"output_type": "stream"}]}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		nb, err := Parse(content)
		if err != nil {
			return
		}
		once := write(t, nb)
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, once)
		}
		if twice := write(t, again); !bytes.Equal(once, twice) {
			t.Errorf("written differently the second time:\n%s\n%s", once, twice)
		}
	})
}

// A file that is read a cell at a time is what it is when read whole, and is
// written in the same bytes.
func TestFile(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.ipynb"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		nb, err := ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if !reflect.DeepEqual(f.Metadata, nb.Metadata) {
			t.Errorf("%s: metadata %v, want %v", path, f.Metadata, nb.Metadata)
		}
		var cells []*Cell
		for cell, err := range f.Cells() {
			if err != nil {
				t.Fatal(err)
			}
			cells = append(cells, cell)
		}
		if !reflect.DeepEqual(cells, nb.Cells) {
			t.Errorf("%s: the cells differ", path)
		}
		out := filepath.Join(t.TempDir(), "out.ipynb")
		number := 0
		if err := f.WriteFile(out, func(n int, _ *Cell) {
			if n != number {
				t.Errorf("cell %d is number %d", number, n)
			}
			number++
		}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(out)
		if err != nil || !bytes.Equal(got, []byte(write(t, nb))) {
			t.Errorf("%s: written differently (%v)", path, err)
		}
	}
}

// A large notebook takes the memory of its largest cell.
func TestFileTakesLittleMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.ipynb")
	nb := New()
	for range 100 {
		nb.Cells = append(nb.Cells, &Cell{Type: Markdown, Source: strings.Repeat("x", 1<<20), Metadata: map[string]any{}})
	}
	if err := nb.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	nb = nil
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, err := range f.Cells() {
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&now)
		if grown := int64(now.HeapAlloc) - int64(before.HeapAlloc); grown > 40<<20 {
			t.Fatalf("100 cells of 1 MB take %d MB", grown>>20)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "large.ipynb")
	nb := New("fmt.Println(1)")
	nb.Cells = append(nb.Cells, &Cell{Type: Markdown, Source: strings.Repeat("x", 16<<20), Metadata: map[string]any{}})
	if err := nb.WriteFile(path); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(16 << 20)
	for b.Loop() {
		f, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}
