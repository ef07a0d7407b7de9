package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/course"
	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/export"
	"github.com/gosched/gosched/kernel/session"
)

// An exportCommand is `gosched export`.
type exportCommand struct {
	Notebook string `arg:"" help:"The notebook, or a .go file in cells."`
	Dir      string `arg:"" optional:"" help:"Folder for the program; by default one beside the notebook and of its name."`
	Module   string `placeholder:"PATH" help:"Call the module PATH; by default as the folder is called."`
	Script   bool   `help:"Write the program to standard output as one file, which go run takes. The notebook may be -, for standard input."`
}

func (*exportCommand) Help() string {
	return `The program is a module that go run, go vet and go test accept, and that prints what the notebook prints. Tests and benchmarks go into its test file, and the versions of modules that the notebook uses into its go.mod.

What cannot be part of a program stands in it as a comment, with the reason. Of a cell that fails on purpose, the outputs that are saved in the notebook tell how: where it panics or blocks, the program does so, too, and goes on with the next cell. No cell is run.

Export again after a change: the files are then written anew. Others that you have put beside them stay.`
}

// Run exports the notebook.
func (c *exportCommand) Run(ctx context.Context, p *process) error {
	file := p.path(c.Notebook)
	said, dir := c.Dir, p.path(c.Dir)
	if said == "" {
		said = strings.TrimSuffix(c.Notebook, filepath.Ext(c.Notebook))
		dir = strings.TrimSuffix(file, filepath.Ext(file))
	}
	nb, err := c.open(p, file)
	if err != nil {
		return err
	}
	defer nb.Close()
	cells, err := exportCells(nb)
	if err != nil {
		return err
	}
	module, name := c.Module, filepath.Base(file)
	if module == "" {
		module = moduleName(filepath.Base(dir))
	}
	if c.Notebook == "-" {
		name = module
	}
	made, err := export.Program(ctx, cells, export.Options{
		Dir: filepath.Dir(file), Notebook: name, Module: module, Out: dir,
		TakesText: engine.TakesText,
	})
	if err != nil {
		return err
	}
	if c.Script {
		text, err := made.Script(module)
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(text)
		return err
	}
	if err := made.Write(dir); err != nil {
		return err
	}
	for _, l := range made.Left {
		what := fmt.Sprintf("cell %d is", l.Cell)
		switch {
		case l.Cell == 0:
			what = "a cell is"
		case l.Declarations:
			what = fmt.Sprintf("the statements of cell %d are", l.Cell)
		}
		fmt.Fprintf(p.stdout, "%s left out: %s\n", what, l.Reason)
	}
	fmt.Fprintf(p.stdout, "%s is a program. Run it with: cd %s && go run .\n", said, shellQuote(said))
	if made.Tests {
		fmt.Fprintf(p.stdout, "Its tests: cd %s && go test\n", shellQuote(said))
	}
	return nil
}

// open opens the notebook, which may come from standard input.
func (c *exportCommand) open(p *process, file string) (*notebook.File, error) {
	if c.Notebook != "-" {
		return openNotebook(c.Notebook, file)
	}
	if !c.Script {
		return nil, errors.New("- is for --script: the folder of a program is called as its notebook")
	}
	f, err := os.CreateTemp("", "*.ipynb")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = io.Copy(f, p.stdin)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return openNotebook(f.Name(), f.Name())
}

// moduleName makes the name of a folder one of a module.
func moduleName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_.", r):
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-._"); name == "" {
		return "notebook"
	}
	return name
}

// exportCells are the code cells of a notebook, numbered as when they are run.
func exportCells(nb *notebook.File) ([]export.Cell, error) {
	var cells []export.Cell
	var headings []string
	count := 0
	for cell, err := range nb.Cells() {
		if err != nil {
			return nil, err
		}
		if cell.Type == notebook.Markdown {
			headings = append(headings, headingsOf(cell.Source)...)
		}
		if cell.Type != notebook.Code || isBlank(cell.Source) {
			continue
		}
		c := export.Cell{Source: cell.Source, Headings: headings, Failure: failureOf(cell)}
		headings = nil
		if cell.Tagged(tagSkip) {
			c.LeftOut = "it has the tag " + tagSkip
		} else {
			count++
			c.Number = count
		}
		cells = append(cells, c)
	}
	return cells, nil
}

// headingsOf are the lines of a Markdown text that are headings.
func headingsOf(markdown string) (list []string) {
	fenced := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		level := len(line) - len(strings.TrimLeft(line, "#"))
		if !fenced && level > 0 && level < 7 && strings.HasPrefix(line[level:], " ") {
			list = append(list, line)
		}
	}
	return list
}

// failureOf says how a cell fails: by the outputs that it was saved with, or else
// by what a cell of the course says about itself.
func failureOf(cell *notebook.Cell) export.Failure {
	for _, o := range cell.Outputs {
		if o.Type == notebook.Error {
			other := slices.ContainsFunc(o.Traceback, func(text string) bool { return strings.Contains(text, "created by ") })
			return failureNamed(o.EName, other)
		}
	}
	if len(cell.Outputs) > 0 || cell.ExecutionCount > 0 {
		return export.Passes
	}
	if m, err := course.ReadMetadata(cell); err == nil && m.Expect.Error != nil {
		return failureNamed(m.Expect.Error.Name, startsGoroutines.MatchString(cell.Source))
	}
	if cell.Tagged(tagMayFail) {
		return export.Unknown
	}
	return export.Passes
}

var startsGoroutines = regexp.MustCompile(`\bgo [\pL_]|\.Go\(`)

// failureNamed is what a failure does to a program. A panic of another goroutine
// ends it.
func failureNamed(name string, otherGoroutine bool) export.Failure {
	switch session.FailureKind(name) {
	case session.Panic:
		if otherGoroutine {
			return export.Ends
		}
		return export.Panics
	case session.Deadlock:
		return export.Blocks
	case session.Exit, session.FatalError, session.Goexit, session.Interrupted:
		return export.Ends
	}
	return export.Passes
}
