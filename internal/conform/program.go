package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// A program is one Go source file with a main function.
type program struct {
	name   string // what reports and the list of known failures call it
	group  string // row of the table
	source string
	// golden is the output it must have, if anyone wrote that down.
	golden *string
	// modules are what it imports packages of, each with its version.
	modules []string
}

// load reads the programs that the arguments of the command name.
func load(args []string) ([]program, error) {
	var all []program
	for _, arg := range args {
		var more []program
		var err error
		switch {
		case arg == "gotest":
			more, _, err = goTests(testRoot())
		case arg == "examples":
			more, err = loadExamples(goroot())
		case arg == "std":
			more, err = loadStdTests(goroot())
		case arg == "guide":
			more, err = loadMarkdown(guidePath(), "guide")
		case arg == "modules":
			more, err = loadModules(modulesPath())
		case arg == "own":
			more, err = loadFolder(ownPath(), "own")
		case strings.HasSuffix(arg, ".md"):
			more, err = loadMarkdown(arg, strings.TrimSuffix(filepath.Base(arg), ".md"))
		case strings.HasSuffix(arg, ".go"):
			var p program
			p, err = loadFile(arg, filepath.Base(arg), "files")
			more = []program{p}
		default:
			more, err = loadFolder(arg, filepath.Base(arg))
		}
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// loadFolder reads the Go files below a folder. A file beside one with the
// extension .out holds its output.
func loadFolder(dir, group string) ([]program, error) {
	var all []program
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		p, err := loadFile(path, group+"/"+filepath.ToSlash(rel), group)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, p.source, parser.PackageClauseOnly|parser.ParseComments)
		if err == nil && elsewhere(f) != "" {
			return nil // it is of another release, or for another platform
		}
		all = append(all, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for programs: %w", err)
	}
	return all, nil
}

func loadFile(path, name, group string) (program, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return program{}, fmt.Errorf("reading a program: %w", err)
	}
	p := program{name: name, group: group, source: string(src)}
	out, err := os.ReadFile(strings.TrimSuffix(path, ".go") + ".out")
	if err == nil {
		s := string(out)
		p.golden = &s
	} else if !errors.Is(err, fs.ErrNotExist) {
		return program{}, fmt.Errorf("reading a program's output: %w", err)
	}
	return p, nil
}

var (
	fenceStart = regexp.MustCompile("^([ \t]*)```go .*title=\"([^\"]+\\.go)\"")
	fenceEnd   = regexp.MustCompile("^\\s*```\\s*$")
)

// loadMarkdown takes the fenced blocks of Go with a title="x.go" that declare
// package main out of a Markdown file. The indentation of the fence is not
// part of the program.
func loadMarkdown(path, group string) ([]program, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading programs: %w", err)
	}
	var all []program
	var name, indent string
	var body strings.Builder
	for line := range strings.Lines(string(text)) {
		if name == "" {
			if m := fenceStart.FindStringSubmatch(line); m != nil {
				indent, name = m[1], m[2]
				body.Reset()
			}
			continue
		}
		if !fenceEnd.MatchString(line) {
			body.WriteString(strings.TrimPrefix(line, indent))
			continue
		}
		if strings.Contains(body.String(), "package main") {
			all = append(all, program{name: group + "/" + name, group: group, source: body.String()})
		}
		name = ""
	}
	if name != "" {
		return nil, fmt.Errorf("%s: the block %s has no end", path, name)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all, nil
}
