package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page shows every picture, and the cell that its first one is of.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/seeing.md")
	if err != nil {
		t.Fatal(err)
	}
	first, err := cells.ReadFile("cells/handshake.cell")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "%%trace\n"+string(first)) {
		t.Error("docs/seeing.md shows another cell than cells/handshake.cell")
	}
	files, err := cells.ReadDir("cells")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := "seeing-" + strings.TrimSuffix(f.Name(), ".cell") + ".svg"
		if !strings.Contains(string(page), "("+name+")") {
			t.Errorf("docs/seeing.md does not show %s", name)
		}
		if _, err := os.Stat(filepath.Join("../../docs", name)); err != nil {
			t.Error(err)
		}
	}
}

func TestDraw(t *testing.T) {
	dir, told := t.TempDir(), strings.Builder{}
	if err := run([]string{"-o", dir}, &told); err != nil {
		t.Fatal(err)
	}
	if drawn, err := filepath.Glob(filepath.Join(dir, "seeing-*.svg")); err != nil || len(drawn) != 6 || told.String() != strings.Join(drawn, "\n")+"\n" {
		t.Errorf("drawn %v, %v; told %s", drawn, err, &told)
	}
	svg, err := os.ReadFile(filepath.Join(dir, "seeing-handshake.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 goroutines", "greet", "&#34;hello, gopher&#34;", "cell 1 line 9"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the picture does not show %s", want)
		}
	}
	if err := run([]string{"-o", dir, "nothing"}, &told); err == nil {
		t.Error("no error for a cell that is not there")
	}
}

// A cell that fails, or shows no picture, is told, and so is a folder that is not there.
func TestDrawRefuses(t *testing.T) {
	for source, want := range map[string]string{
		`panic("no")`: "panic: no",
		"x := ":       "found end of cell",
		"fmt.Scanln(new(string))\npanic(\"read nothing\")": "read nothing",
	} {
		if _, err := draw(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("draw(%q): %v, want %s", source, err, want)
		}
	}
	if err := run([]string{"-o", filepath.Join(t.TempDir(), "missing"), "handshake"}, io.Discard); err == nil {
		t.Error("no error for a folder that is not there")
	}
	if _, err := new(outputs).Input(t.Context(), "name? ", false); err != io.EOF {
		t.Errorf("a cell that asks gets %v, want the end of what there is to read", err)
	}
	if _, err := new(outputs).picture(); err == nil {
		t.Error("no error where nothing is shown")
	}
}
