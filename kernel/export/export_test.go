package export

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
)

// options are those of a notebook in a folder of its own.
func options(t *testing.T, out string) Options {
	return Options{Dir: t.TempDir(), Notebook: "n.ipynb", Module: "program", Out: out, TakesText: engine.TakesText}
}

// cellsOf are the files of an archive that are called cell.
func cellsOf(a *txtar.Archive) (cells []Cell) {
	for _, f := range a.Files {
		if f.Name == "cell" {
			cells = append(cells, Cell{Number: len(cells) + 1, Source: strings.TrimSuffix(string(f.Data), "\n")})
		}
	}
	return cells
}

func file(a *txtar.Archive, name string) (string, bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// What the cells of testdata print, the program prints: by go run, and as the
// archive says it. Cells print the same in a session, but for what is left out.
func TestPrograms(t *testing.T) {
	_, err := exec.LookPath("go")
	native := err == nil && !testing.Short()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			cells := cellsOf(a)
			out := t.TempDir()
			m, err := Program(t.Context(), cells, options(t, out))
			if err != nil {
				t.Fatal(err)
			}
			var left strings.Builder
			for _, l := range m.Left {
				left.WriteString(strconv.Itoa(l.Cell) + ": " + l.Reason + "\n")
			}
			if want, _ := file(a, "left"); left.String() != want {
				t.Errorf("left out is\n%swant\n%s\n%s", left.String(), want, m.Files["main.go"])
			}
			for _, f := range a.Files {
				if part, ok := strings.CutPrefix(f.Name, "in "); ok && !strings.Contains(string(m.Files[part]), strings.TrimSuffix(string(f.Data), "\n")) {
					t.Errorf("%s has no\n%s\nit is\n%s", part, f.Data, m.Files[part])
				}
			}
			want, _ := file(a, "stdout")
			if got := printedBy(t, cells); got != want {
				t.Errorf("a session prints\n%swant\n%s", got, want)
			}
			if only, ok := file(a, "program"); ok {
				want = only
			}
			if !native {
				t.Log("not built: no go command, or a short test")
				return
			}
			if err := m.Write(out); err != nil {
				t.Fatal(err)
			}
			goCommand(t, out, "vet", "./...")
			if m.Tests {
				goCommand(t, out, "test", ".")
			}
			if got := goCommand(t, out, "run", "."); got != want {
				t.Errorf("the program prints\n%swant\n%s\n%s", got, want, m.Files["main.go"])
			}
		})
	}
}

func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-trimpath")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		main, _ := os.ReadFile(filepath.Join(dir, "main.go"))
		t.Fatalf("go %s: %v\n%s%s\n%s", strings.Join(args, " "), err, stderr.String(), stdout.String(), main)
	}
	return stdout.String()
}

// printedBy is what cells print and show when they are run as cells.
func printedBy(t *testing.T, cells []Cell) string {
	t.Helper()
	e, err := engine.New()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out printed
	for _, c := range cells {
		r := e.Execute(ctx, session.Cell{ID: strconv.Itoa(c.Number), Number: c.Number, Source: c.Source}, &out)
		e.Flush()
		if r.Value != nil {
			out.text.WriteString(r.Value.Data["text/plain"].(string) + "\n")
		}
	}
	return out.text.String()
}

type printed struct{ text strings.Builder }

func (p *printed) Emit(ev session.Event) {
	if s, ok := ev.(session.Stream); ok && s.Name == session.Stdout {
		p.text.WriteString(s.Text)
	}
}

func (p *printed) Input(context.Context, string, bool) (string, error) { return "", context.Canceled }
