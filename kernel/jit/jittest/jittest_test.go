package jittest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64"
)

// bytewise reads a byte as an instruction.
func bytewise(code []byte, _ uint64) (string, int, error) { return "byte", 1, nil }

// blank is no reader of code.
func blank([]byte, uint64) (string, int, error) { return "", 0, errors.New("no instruction") }

// idle is a back end that takes nothing.
type idle struct{ amd64.Backend }

func (idle) Takes(jit.Op) bool { return false }

// fickle is a back end whose code is another one each time.
type fickle struct {
	amd64.Backend
	n *byte
}

func (f fickle) Writer(t jit.Target) jit.Writer {
	*f.n++
	return changed{f.Backend.Writer(t), *f.n}
}

type changed struct {
	jit.Writer
	by byte
}

func (c changed) Code() ([]byte, error) {
	code, err := c.Writer.Code()
	return append(code, c.by), err
}

func TestSweep(t *testing.T) {
	for _, tt := range []struct {
		name string
		by   jit.Backend
		read Disassembler
		want string
	}{
		{"right", amd64.Backend{}, bytewise, ""},
		{"no instructions", amd64.Backend{}, blank, "no instruction"},
		{"different code", fickle{n: new(byte)}, bytewise, "the code differs from time to time"},
		{"no code", idle{}, bytewise, "there is code for 0 functions"},
	} {
		got := strings.Join(testenv.Failures(t, func(t testing.TB) { Sweep(t, tt.by, tt.read) }), "\n")
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: it reports %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Code that is not the golden file's is told of, until that is written anew.
func TestGolden(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	golden := func() string {
		return strings.Join(testenv.Failures(t, func(t testing.TB) { Golden(t, amd64.Backend{}, bytewise) }), "\n")
	}
	if got := golden(); !strings.Contains(got, "code.txt") {
		t.Errorf("without a file it reports %q", got)
	}
	*update = true
	got := golden()
	*update = false
	if got += golden(); got != "" {
		t.Errorf("with the file as it is written it reports %q", got)
	}
	file := filepath.Join("testdata", "code.txt")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "byte", "bit", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := golden(); !strings.Contains(got, "bit") || !strings.Contains(got, "-update") {
		t.Errorf("with another file it reports %q", got)
	}
}

// The tests that are run elsewhere are those that are asked for, of the package as it is
// compiled there.
func TestElsewhere(t *testing.T) {
	var asked []string
	run := func(program string, args ...string) *exec.Cmd {
		asked = args
		return exec.Command(program, args...)
	}
	Elsewhere(t, []string{"CGO_ENABLED=0"}, run, []Tests{{Dir: filepath.Join("..", "..", "bitset"), Run: "Test", Skip: "None"}})
	if want := []string{"-test.short", "-test.run", "Test", "-test.skip", "None"}; !slices.Equal(asked, want) {
		t.Errorf("asked is %q, want %q", asked, want)
	}
}
