package export

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"strings"

	"github.com/gosched/gosched/kernel/modules"
)

// A Cell is a code cell of the notebook.
type Cell struct {
	Number   int      // by which people know it: 1 is the first, 0 for one that has none
	Source   string   // as it stands in the notebook
	Headings []string // of the text between it and the cell before
	LeftOut  string   // why it is to be no part of the program; empty if it is
	Failure  Failure  // how it fails
}

// A Failure says how a cell is known to fail in the notebook.
type Failure int

// The ways in which a cell fails.
const (
	// Passes: it does not fail, as far as anybody knows.
	Passes Failure = iota
	// Panics: in the goroutine of the cell, so that the program can go on.
	Panics
	// Blocks: it waits for ever, and the program can go on without it.
	Blocks
	// Ends: a program would end with it, as by os.Exit, a fatal error, or a panic
	// in a goroutine that the cell started.
	Ends
	// Unknown: it is expected to fail, and nobody has said how.
	Unknown
)

// Options say where the notebook lies and what the program is called.
type Options struct {
	Dir      string // the notebook's folder
	Notebook string // its file name, for comments
	Module   string // the path of the module that is written
	Out      string // the folder that it is written to

	// TakesText reports which %% commands are followed by text that is no Go.
	TakesText func(name string) bool
	// Progress is told of downloads. It may be nil.
	Progress func(modules.Progress)
}

// A Module is a program.
type Module struct {
	Files map[string][]byte // by name, with slashes
	Left  []Left            // what is not part of it, in the order of the cells
	Tests bool              // there are tests among the files
}

// Left is a cell that is not part of the program, or whose statements are not.
type Left struct {
	Cell         int
	Declarations bool // are part of it
	Reason       string
}

// extent is how much of a cell is in the program.
type extent int

const (
	whole extent = iota
	declarations
	nothing
)

// A state is what has been found out about a cell.
type state struct {
	Cell
	extent extent
	reason string
	hoist  bool // all variables are the program's
}

// Program makes a program of cells. The error is about what concerns them all,
// such as a broken go.mod; a cell that cannot be exported is among Left.
func Program(ctx context.Context, cells []Cell, o Options) (*Module, error) {
	packages, err := openPackages(o)
	if err != nil {
		return nil, err
	}
	states := make([]*state, len(cells))
	for i, c := range cells {
		states[i] = &state{Cell: c}
		states[i].begin()
	}
	if err := packages.get(ctx, states, o); err != nil {
		return nil, err
	}
	// Each round takes something out, or is the last.
	for range 2*len(cells) + 2 {
		x := newExporter(ctx, o, packages, states)
		module, again, err := x.round()
		if err != nil {
			return nil, err
		}
		if !again {
			return module, nil
		}
	}
	return nil, errors.New("the cells of this notebook could not be brought together in one program")
}

// begin says what is known of a cell before it is read.
func (s *state) begin() {
	switch {
	case s.LeftOut != "":
		s.leave(nothing, s.LeftOut)
	case s.Failure == Ends:
		s.leave(declarations, "it fails in a way that ends a program")
	case s.Failure == Unknown:
		s.leave(declarations, "it is expected to fail, and the notebook does not say how; run it, save it, and export it again")
	}
}

// leave takes a cell, or its statements, out of the program. It reports whether
// that is new.
func (s *state) leave(to extent, reason string) bool {
	if to <= s.extent {
		return false
	}
	s.extent, s.reason = to, reason
	return true
}

// An exporter makes one attempt.
type exporter struct {
	ctx      context.Context
	o        Options
	fset     *token.FileSet
	packages *packages
	states   []*state
	units    []*unit
	again    bool // something was taken out

	names    *names
	merged   map[object]object // a declaration that says what an earlier one says
	versions []*version
	byObject map[object]*version
	uses     helpers
}

// helpers says which functions the program needs beside the cells'.
type helpers struct{ show, rest, fail, display bool }

func newExporter(ctx context.Context, o Options, p *packages, states []*state) *exporter {
	return &exporter{
		ctx: ctx, o: o, fset: token.NewFileSet(), packages: p, states: states,
		merged: map[object]object{}, byObject: map[object]*version{},
	}
}

// round makes a program of what is still in, or finds something to take out.
func (x *exporter) round() (m *Module, again bool, err error) {
	if err := x.read(); err != nil {
		return nil, false, err
	}
	if x.again {
		return nil, true, nil
	}
	x.collect()
	x.merge()
	x.place()
	if x.again {
		return nil, true, nil
	}
	x.nameAll()
	mainText, testText := x.write()
	if x.again {
		return nil, true, nil
	}
	main, test, err := x.verify(mainText, testText)
	if err != nil || x.again {
		return nil, x.again, err
	}
	m = &Module{Files: map[string][]byte{"main.go": main}, Tests: test != nil}
	if test != nil {
		m.Files["main_test.go"] = test
	}
	x.addHelpers(m)
	if err := x.packages.addModule(x.ctx, m, x.o); err != nil {
		return nil, false, err
	}
	for _, s := range x.states {
		if s.extent != whole {
			m.Left = append(m.Left, Left{Cell: s.Number, Declarations: s.extent == declarations, Reason: s.reason})
		}
	}
	return m, false, nil
}

// leave takes a cell or its statements out; the round is then made once more.
func (x *exporter) leave(u *unit, to extent, format string, args ...any) {
	if u.state.leave(to, fmt.Sprintf(format, args...)) {
		x.again = true
	}
}

// firstLine is what a message begins with.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
