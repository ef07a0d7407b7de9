package course

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gosched/gosched/internal/notebook"
)

// Execute runs a notebook with `gosched run`, in the real kernel, and returns it with
// its outputs. The program is gosched's, flags are for its command; cells that fail are
// part of the course.
func Execute(ctx context.Context, program string, nb *notebook.Notebook, flags ...string) (done *notebook.Notebook, err error) {
	dir, err := os.MkdirTemp("", "course")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in, out := filepath.Join(dir, "in.ipynb"), filepath.Join(dir, "out.ipynb")
	if err := nb.WriteFile(in); err != nil {
		return nil, err
	}
	args := append([]string{"run", "--quiet", "--allow-errors", "--timeout", "180s", "--save", out}, flags...)
	run := exec.CommandContext(ctx, program, append(args, in)...)
	run.Env = append(os.Environ(), "GOSCHED_PROGRESS="+filepath.Join(dir, "progress.jsonl")) // nobody has done anything yet
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 10 * time.Second
	said, err := run.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		return nil, err
	}
	if _, err := os.Stat(out); err != nil {
		return nil, fmt.Errorf("gosched run has saved nothing; it said:\n%s", said)
	}
	return notebook.ReadFile(out)
}

// Compare says how the outputs of cells differ from what their metadata expects.
func Compare(cells []*notebook.Cell) error {
	return compare(cells, func(m Metadata, outputs []notebook.Output) error { return m.Expect.Compare(outputs) })
}

func compare(cells []*notebook.Cell, with func(Metadata, []notebook.Output) error) error {
	var errs []error
	for _, cell := range cells {
		if cell.Type != notebook.Code {
			continue
		}
		m, err := ReadMetadata(cell)
		if err == nil {
			err = with(m, cell.Outputs)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("cell %s: %w", cell.ID, err))
		}
	}
	return errors.Join(errs...)
}
