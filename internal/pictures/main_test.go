package main

import (
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
	dir := t.TempDir()
	if err := drawAll(dir, []string{"handshake"}); err != nil {
		t.Fatal(err)
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
	if err := drawAll(dir, []string{"nothing"}); err == nil {
		t.Error("no error for a cell that is not there")
	}
}
