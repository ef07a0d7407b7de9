package course

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/notebook"
)

// alsoPrinted are lines that a program prints and a notebook shows otherwise: what
// is printed in an exploration is in its table, a bar is a display, and a virtual
// clock stands still where a real one does not.
var alsoPrinted = map[string]string{
	"06-worker-pool.ipynb":       `["/one queue: [4-9]\\d\\..*ms/", "/dealt out: \\d+\\..*ms/"]`,
	"09-races-and-mutexes.ipynb": `["/total [12]/", "/total [12]/", "sum 2"]`,
	"21-debugging.ipynb":         `[["/sold [01]/", "sold 1"]]`,
	"22-programs.ipynb":          `["the report is written"]`, // main of that cell has returned
	"16-errgroup.ipynb":          `[{"repeat": "/[1-6] after .*/"}]`,
	"18-memory-model.ipynb":      `["written before the send"]`,
	"05-context.ipynb":           `[{"maybe": "/(Task cancelled|Worker [123]): context .*/"}]`, // main has returned
	"10-leaks-and-cleanup.ipynb": `[{"maybe": "Worker: cancelled, exiting"}]`,
	"13-web-scraper.ipynb":       `["pages: 8 of 8", "/URL +Size .*/", {"repeat": "/\\/.*/"}]`,
}

// refused are cells that do not fail and that go vet refuses, or the compiler, or that
// declare a type anew of which there are variables.
var refused = map[string]string{"02-waitgroup.ipynb": "13", "08-fan-out-fan-in.ipynb": "13", "09-races-and-mutexes.ipynb": "20"}

// failing are tests of the course that fail on purpose.
const failing = "^(TestSleepy|TestQuickestBadly|TestForgotten)$"

// noProgram matches reasons for which a cell cannot be in any program.
var noProgram = regexp.MustCompile(`only notebooks have|is no Go|^it uses `)

var leftOutLine = regexp.MustCompile(`(?m)^(?:cell|the statements of cell) (\d+) (?:is|are) left out: (.*)$`)

// Every notebook, run and saved, becomes a program that vets, whose tests pass,
// and that prints what the notebook prints.
func TestNotebooksExport(t *testing.T) {
	if testing.Short() {
		t.Skip("exporting the course takes a while")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command here, which builds what is exported")
	}
	for _, file := range notebooks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			nb := visited(t, file).ran
			dir := t.TempDir()
			in, out := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "program")
			if err := nb.WriteFile(in); err != nil {
				t.Fatal(err)
			}
			path, err := program()
			if err != nil {
				t.Fatal(err)
			}
			said, err := exec.Command(path, "export", in, out).CombinedOutput()
			if err != nil {
				t.Fatalf("gosched export: %v\n%s", err, said)
			}
			goCommand(t, out, "vet", "./...")
			goCommand(t, out, "test", "-skip", failing, "./...")
			want := printed(t, filepath.Base(file), nb, string(said))
			if err := prints(t, want, out, "run", "."); err != nil {
				t.Errorf("%v\nthe export said:\n%s", err, said)
			}
			// As one file it is the same program. Its modules are those of the other.
			script, err := exec.Command(path, "export", "--script", in).Output()
			if err != nil {
				t.Fatalf("gosched export --script: %v\n%s", err, script)
			}
			single := t.TempDir()
			for _, name := range []string{"go.mod", "go.sum"} {
				text, err := os.ReadFile(filepath.Join(out, name))
				if err == nil {
					err = os.WriteFile(filepath.Join(single, name), text, 0o666)
				}
				if err != nil && (name == "go.mod" || !errors.Is(err, fs.ErrNotExist)) {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(single, "script.go"), script, 0o666); err != nil {
				t.Fatal(err)
			}
			if err := prints(t, want, single, "run", "script.go"); err != nil {
				t.Errorf("as one file: %v", err)
			}
		})
	}
}

// prints runs a program, and says how what it prints differs from what it should. One
// that waits for time to pass may be late on a busy machine: it gets a second chance.
func prints(t *testing.T, want []Sequence, dir string, args ...string) (err error) {
	t.Helper()
	for range 2 {
		if err = Interleaved(goCommand(t, dir, args...), want); err == nil {
			break
		}
	}
	return err
}

// goCommand runs the go command in an exported program and returns what it prints.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-trimpath")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, stderr.String(), stdout.String())
	}
	return stdout.String()
}

// printed is what the cells of a program should print: results among what is
// written. What commands say is not printed by a program.
func printed(t *testing.T, name string, nb *notebook.Notebook, said string) []Sequence {
	t.Helper()
	left, justly := map[string]bool{}, map[string]bool{}
	for _, m := range leftOutLine.FindAllStringSubmatch(said, -1) {
		left[m[1]], justly[m[1]] = true, noProgram.MatchString(m[2])
	}
	var list []Sequence
	count := 0
	for _, cell := range nb.Cells {
		if cell.Type != notebook.Code || strings.TrimSpace(cell.Source) == "" {
			continue
		}
		count++
		number := strconv.Itoa(count)
		var m Metadata // whether all of it is right is not asked here
		if raw, err := json.Marshal(cell.Metadata["gosched"]); err != nil || json.Unmarshal(raw, &m) != nil {
			t.Fatalf("metadata of cell %s: %v", cell.ID, err)
		}
		s := Sequence{Cell: number, Optional: left[number] || strings.Contains("\n"+cell.Source, "\n%")}
		s.Lines = m.Expect.Stdout
		result := s // goroutines may print before or after it
		result.Lines = m.Expect.Result
		if left[number] && !justly[number] && m.Expect.Error == nil && m.Role == "" && refused[name] != number {
			t.Errorf("cell %s is not in the program", number)
		}
		list = append(list, s, result)
	}
	if raw := alsoPrinted[name]; raw != "" {
		var s Sequence
		if err := json.Unmarshal([]byte(raw), &s.Lines); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}
