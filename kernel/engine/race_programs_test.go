package engine

import (
	_ "embed"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// A racyProgram is the body of a function that races, or does not. What is raced
// for is the name in the report.
type racyProgram struct {
	name string
	body string
	what string // "" if nothing races, "?" if it has no name
	line int    // in the body, counted from 1, of one of the two accesses
}

// needsTime reports whether the program races only if a goroutine gets a processor
// within some milliseconds.
func (p racyProgram) needsTime() bool {
	return strings.Contains(p.body, "time.Sleep") && p.what != ""
}

//go:embed testdata/races.txtar
var racesArchive []byte

// racyPrograms are those of testdata/races.txtar.
var racyPrograms = func() (list []racyProgram) {
	for _, f := range txtar.Parse(racesArchive).Files {
		p := racyProgram{body: strings.TrimSuffix(string(f.Data), "\n")}
		name, rest, races := strings.Cut(f.Name, " | ")
		p.name = name
		if races {
			what, line, _ := strings.Cut(rest, " | ")
			n, err := strconv.Atoi(line)
			if err != nil {
				panic(f.Name + ": no line")
			}
			p.what, p.line = what, n
		}
		list = append(list, p)
	}
	return list
}()
