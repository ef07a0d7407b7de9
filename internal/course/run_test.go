package course

import (
	"context"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/internal/toolchain"
)

const directory = "../../notebooks"

// program returns a gosched program of this tree.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("GOSCHED_TEST_BIN"); path != "" {
		return path, nil
	}
	path := filepath.Join(built, "gosched")
	build := exec.Command("go", "build", "-o", path, "../../cmd/gosched")
	build.Env = append(os.Environ(), "GOEXPERIMENT="+toolchain.LeakExperiment(context.Background(), ""))
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	return path, build.Run()
})

// built is a directory for the program that is built.
var built string

func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "course"); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	os.RemoveAll(built)
	os.Exit(code)
}

// notebooks are the files of the course.
func notebooks(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(directory, "*.ipynb"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	return files
}

func read(t *testing.T, file string) *notebook.Notebook {
	t.Helper()
	nb, err := notebook.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

// run runs a notebook with `gosched run` and returns it with its outputs.
func run(t *testing.T, nb *notebook.Notebook, flags ...string) *notebook.Notebook {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatalf("build gosched: %v", err)
	}
	start := time.Now()
	done, err := Execute(t.Context(), path, nb, flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d cells in %v", len(nb.Cells), time.Since(start).Round(time.Millisecond))
	return done
}

// Every notebook shows what it says, from top to bottom; and when the solutions of its
// tasks are then tried, the checks let them pass.
func TestNotebooksRun(t *testing.T) {
	if testing.Short() {
		t.Skip("running the course takes a while")
	}
	for _, file := range notebooks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			v := visited(t, file)
			if err := Compare(v.ran.Cells); err != nil {
				t.Error(err)
			}
			for i, task := range v.tasks {
				tried := v.solutions[i]
				if err := (&Expectation{}).Compare(tried.given.Outputs); err != nil {
					t.Errorf("the solution\n%s\n%v", tried.given.Source, err)
				}
				if err := task.Metadata.Solved.Compare(tried.check.Outputs); err != nil {
					t.Errorf("the check of the solution\n%s\n%v", tried.given.Source, err)
				}
			}
		})
	}
}

// With the yaegi engine every notebook shows the same, and solutions are right, but for
// the cells that say that they are about the direct engine: those are left out.
func TestNotebooksRun_Yaegi(t *testing.T) {
	if !testenv.All() {
		t.Skip("runs the course again; the full test command does")
	}
	for _, file := range notebooks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			nb, _ := withTasks(t, file)
			portable := *nb.solved
			portable.Cells = nil
			var wants []*Expectation
			for i, cell := range nb.solved.Cells {
				m, err := ReadMetadata(cell)
				if err != nil {
					t.Fatal(err)
				}
				switch m.Engine {
				case "":
				case "direct":
					continue
				default:
					t.Errorf("cell %s: no cell is about the engine %q", cell.ID, m.Engine)
				}
				want := &m.Expect
				if i >= len(nb.Cells) && m.Solved != nil {
					want = m.Solved
				}
				portable.Cells, wants = append(portable.Cells, cell), append(wants, want)
			}
			for i, cell := range run(t, &portable, "--engine", "yaegi").Cells {
				if cell.Type != notebook.Code {
					continue
				}
				if err := wants[i].Compare(cell.Outputs); err != nil {
					t.Errorf("cell %s\n%s\n%v", cell.ID, cell.Source, err)
				}
			}
		})
	}
}

// solvable is a notebook, and a copy that goes on with the solutions of its tasks, each
// followed by its check.
type solvable struct {
	*notebook.Notebook
	solved *notebook.Notebook
}

func withTasks(t *testing.T, file string) (solvable, []*Exercise) {
	t.Helper()
	nb := read(t, file)
	exercise, err := FindExercise(nb)
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := FindTasks(nb)
	if err != nil {
		t.Fatal(err)
	}
	if exercise != nil {
		tasks = append(tasks, exercise)
	}
	again := nb
	for _, task := range tasks {
		again = task.WithSolution(again)
	}
	return solvable{nb, again}, tasks
}
