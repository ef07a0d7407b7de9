package racetest

import (
	"go/parser"
	"go/token"
	"testing"
)

func TestPrograms(t *testing.T) {
	names, races := map[string]bool{}, 0
	for _, p := range Programs(t) {
		if names[p.Name] {
			t.Errorf("there are two programs %q", p.Name)
		}
		names[p.Name] = true
		if p.What != "" {
			races++
		}
		if p.NeedsTime() && p.What == "" {
			t.Errorf("%s needs time, and for no race", p.Name)
		}
		src := "package main\n" + Imports(p.Body) + "func main() {\n" + p.Body + "\n}"
		if _, err := parser.ParseFile(token.NewFileSet(), p.Name, src, 0); err != nil {
			t.Error(err)
		}
	}
	if races < 40 || len(names)-races < 30 {
		t.Errorf("%d programs race, %d do not", races, len(names)-races)
	}
}

// A program that says of no line that it races is found out.
func TestParse(t *testing.T) {
	for text, right := range map[string]bool{
		"-- a | n | 1 --\nn++\n": true, "-- a --\nn++\n": true,
		"-- a | n --\nn++\n": false, "-- a | n | x --\nn++\n": false, "-- a | n | 0 --\nn++\n": false, "-- a | n | 2 --\nn++\n": false,
	} {
		if _, err := parse([]byte(text)); (err == nil) != right {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestImports(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		"fmt.Sprint(http.Get)":    "import \"fmt\"\nimport \"net/http\"\n",
		"x.fmt.Sprint(); os := 1": "",
		"\ttime.Now()":            "import \"time\"\n",
		"mytime.Now()":            "",
	} {
		if got := Imports(text); got != want {
			t.Errorf("%q imports %q, want %q", text, got, want)
		}
	}
}
