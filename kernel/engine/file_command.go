package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	ipynb "github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel/session"
)

var writefileCommand = command{
	name:     "writefile",
	usage:    []usage{{"%%writefile [-a] FILE", "write the rest of the cell to a file; with -a at its end"}},
	help:     "The file may be named with variables of the session or the environment: $folder/data.csv.",
	examples: []string{"%%writefile data.csv\nname,age\nAda,36"},
	text: func(_ context.Context, in *invocation, body string) error {
		name, add := strings.CutPrefix(in.args, "-a ")
		name = unquote(strings.TrimSpace(name))
		if name == "" || name == "-a" {
			return in.misused()
		}
		mode := os.O_TRUNC
		if add {
			mode = os.O_APPEND
		}
		name = in.path(name)
		_, err := os.Stat(name)
		isNew := os.IsNotExist(err)
		f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|mode, 0o666)
		if err != nil {
			return pathError(err)
		}
		if body != "" && !strings.HasSuffix(body, "\n") {
			body += "\n" // text files end in one; cells do not
		}
		_, err = f.WriteString(body)
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return pathError(err)
		}
		switch {
		case add && !isNew:
			in.say("added %s to %s", byteSize(uint64(len(body))), name)
		case isNew:
			in.say("wrote %s to %s", byteSize(uint64(len(body))), name)
		default:
			in.say("wrote %s to %s, in place of what was there", byteSize(uint64(len(body))), name)
		}
		return nil
	},
	complete: completeFiles,
}

var runCommand = command{
	name: "run",
	usage: []usage{
		{"%run FILE.go [ARGUMENT…]", "run a file of Go as if it stood in a cell; arguments become os.Args"},
		{"%run FILE.ipynb", "run the code cells of a notebook in this session, up to the first that fails"},
	},
	help:     "What the file declares can be used in later cells. A program's main is called.",
	examples: []string{"%run helpers.go", "%run setup.ipynb"},
	line: func(ctx context.Context, in *invocation) error {
		words := fields(in.args)
		if len(words) == 0 {
			return in.misused()
		}
		file := in.path(words[0])
		switch filepath.Ext(file) {
		case ".go":
			src, err := os.ReadFile(file)
			if err != nil {
				return pathError(err)
			}
			if len(words) > 1 {
				before := os.Args
				os.Args = words
				defer func() { os.Args = before }()
			}
			if f := in.engine.runSource(ctx, in.run, words[0], string(src)).failure; f != nil {
				return f
			}
			return nil
		case ".ipynb":
			return in.runNotebook(ctx, words[0])
		}
		return fmt.Errorf("%s is neither a .go file nor a notebook (.ipynb)", words[0])
	},
	complete: completeFiles,
}

// runNotebook runs the code cells of a notebook.
func (in *invocation) runNotebook(ctx context.Context, name string) error {
	if in.run.depth >= deepestRun {
		return fmt.Errorf("notebooks that run each other: %d deep", deepestRun)
	}
	nb, err := ipynb.ReadFile(in.path(name))
	if err != nil {
		return pathError(err)
	}
	n := 0
	for _, c := range nb.Cells {
		if c.Type != ipynb.Code {
			continue
		}
		n++
		end := in.engine.runSource(ctx, in.run, fmt.Sprintf("%s cell %d", name, n), c.Source)
		if end.failure != nil {
			return end.failure
		}
		if end.value != nil {
			in.run.exec.Emit(session.Display{Bundle: *end.value})
		}
	}
	return nil
}

// deepestRun is how deep files may run each other.
const deepestRun = 20

// runSource runs more source within a run, as if it stood in its cell.
func (e *Engine) runSource(ctx context.Context, run *cellRun, name, src string) ending {
	if run.depth >= deepestRun {
		return ending{failure: commandFailure(fmt.Errorf("files that run each other: %d deep", deepestRun))}
	}
	parsed, failure := e.parse(name, src)
	if failure != nil {
		return ending{failure: failure}
	}
	inner := &cellRun{request: run.request, sink: run.sink, exec: e.sched.Begin(run.request, run.sink), cell: parsed, depth: run.depth + 1}
	end := e.around(inner, func(ctx context.Context) ending { return e.runInside(ctx, inner) })(ctx)
	inner.exec.Flush()
	run.others = append(append(run.others, inner.exec), inner.others...)
	return end
}

var saveCommand = command{
	name: "save",
	usage: []usage{
		{"%save FILE.go", "write the cells that have run as Go, each behind a comment with its number"},
		{"%save FILE.ipynb", "write them as a notebook"},
	},
	help: "Of a cell that has run several times, the last is written. Cells that failed and commands are left out of a .go file. " +
		"%run reads the file again; it is a program for go run if the cells are one.",
	examples: []string{"%save lesson.go"},
	line: func(_ context.Context, in *invocation) error {
		words := fields(in.args)
		if len(words) != 1 {
			return in.misused()
		}
		file := in.path(words[0])
		cells := in.engine.inputs.newest()
		if len(cells) == 0 {
			return fmt.Errorf("no cell has run yet that could be saved")
		}
		var err error
		switch filepath.Ext(file) {
		case ".go":
			err = os.WriteFile(file, []byte(goText(cells)), 0o666)
		case ".ipynb":
			sources := make([]string, len(cells))
			for i, c := range cells {
				sources[i] = c.source
			}
			err = ipynb.New(sources...).WriteFile(file)
		default:
			return fmt.Errorf("%s is neither a .go file nor a notebook (.ipynb)", words[0])
		}
		if err != nil {
			return pathError(err)
		}
		in.say("wrote %s to %s", plural(len(cells), "cell", "cells"), file)
		return nil
	},
	complete: completeFiles,
}
