// Package racetest has functions that race and others that do not, for tests of the
// detector and of all that uses it. It does not know how they are run.
package racetest

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A Program is the body of a function.
type Program struct {
	Name string
	Body string
	// What is raced for is the name in the report: "" if nothing races, "?" if it has
	// no name.
	What string
	Line int // in the body, counted from 1, of one of the two accesses
}

// NeedsTime reports whether the program races only if a goroutine gets a processor
// within some milliseconds.
func (p Program) NeedsTime() bool {
	return strings.Contains(p.Body, "time.Sleep") && p.What != ""
}

//go:embed programs.txtar
var archive []byte

// Programs are those of programs.txtar.
func Programs(t testing.TB) []Program {
	t.Helper()
	list, err := parse(archive)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func parse(text []byte) (list []Program, err error) {
	for _, f := range txtar.Parse(text).Files {
		p := Program{Body: strings.TrimSuffix(string(f.Data), "\n")}
		name, rest, races := strings.Cut(f.Name, " | ")
		p.Name = name
		if races {
			what, line, _ := strings.Cut(rest, " | ")
			n, err := strconv.Atoi(line)
			if lines := strings.Count(p.Body, "\n") + 1; err != nil || n < 1 || n > lines {
				return nil, fmt.Errorf("%s: the line is none of %d", f.Name, lines)
			}
			p.What, p.Line = what, n
		}
		list = append(list, p)
	}
	return list, nil
}

// imports are the packages that the programs may use.
var imports = []string{
	"bytes", "context", "encoding/json", "errors", "fmt", "io", "net", "net/http", "net/http/httptest", "os", "runtime", "sort", "strconv", "strings",
	"sync", "sync/atomic", "time", "golang.org/x/sync/errgroup",
}

// Imports are import declarations for a text, without which it is no file.
func Imports(text string) string {
	var b strings.Builder
	for _, path := range imports {
		name := path[strings.LastIndexByte(path, '/')+1:]
		used := regexp.MustCompile(`(^|[^\w.])` + name + `\.[A-Z]`)
		if slices.ContainsFunc(strings.Split(text, "\n"), used.MatchString) {
			fmt.Fprintf(&b, "import %q\n", path)
		}
	}
	return b.String()
}
