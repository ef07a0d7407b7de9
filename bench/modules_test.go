//go:build unix

package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/session"
)

// moduleUse is a module, packages of it, and a cell that calls something of them.
var moduleUse = []struct {
	name, module string
	imports      []string
	call         string
}{
	{"empty", "", nil, "1 + 1"},
	{"testify", "github.com/stretchr/testify@v1.12.1", []string{"github.com/stretchr/testify/assert"},
		`assert.Equal(new(assert.CollectT), []int{1, 2}, []int{1, 2})`},
	{"zap", "go.uber.org/zap@v1.28.0", []string{"go.uber.org/zap"},
		`zap.NewExample().Info("hello", zap.Int("n", 3))`},
	{"mat", "gonum.org/v1/gonum@v0.17.0", []string{"gonum.org/v1/gonum/mat"},
		`mat.Det(mat.NewDense(2, 2, []float64{1, 2, 3, 4}))`},
	{"text", "golang.org/x/text@v0.44.0", []string{"golang.org/x/text/collate", "golang.org/x/text/language"},
		`list := []string{"zebra", "Äpfel", "apfel"}
collate.New(language.German).SortStrings(list)
list`},
	{"plot", "gonum.org/v1/plot@v0.17.0", []string{"gonum.org/v1/plot", "gonum.org/v1/plot/plotter"},
		`p := plot.New()
p.Add(plotter.NewGrid(), plotter.NewFunction(math.Sin))
p.X.Max`},
}

// Variables of a process that is one session: the cell, and the file for a profile
// of its processor time.
const (
	cellVariable    = "GOSCHED_BENCH_CELL"
	profileVariable = "GOSCHED_BENCH_PROFILE"
)

func TestMain(m *testing.M) {
	if cell := os.Getenv(cellVariable); cell != "" {
		if err := oneSession(cell); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// oneSession runs a cell in a new session, and prints the processor time that it took,
// that of the session without it, and how long it took.
func oneSession(cell string) error {
	e, err := engine.New()
	if err != nil {
		return err
	}
	defer e.Close()
	run := func(number int, source string) error {
		r := e.Execute(context.Background(), session.Cell{Number: number, Source: source}, discard{})
		if r.Failure != nil {
			return fmt.Errorf("%s", strings.Join(r.Failure.Traceback, "\n"))
		}
		return nil
	}
	if err := run(1, "fmt.Println(1)"); err != nil {
		return err
	}
	if file := os.Getenv(profileVariable); file != "" {
		f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file))
		if err != nil {
			return err
		}
		defer f.Close()
		runtime.SetCPUProfileRate(2000) // a session is short
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	ready, start := processorTime(), time.Now()
	if err := run(2, cell); err != nil {
		return err
	}
	fmt.Println(processorTime()-ready, ready, time.Since(start).Nanoseconds())
	return nil
}

// A first session of a module checks it, a second one finds what that has kept. Each
// is a process of its own. The metrics are medians of what a cell takes in each, which
// imports the module or also calls something of it: processor time, that of the whole
// session before it, and time.
func BenchmarkModule(b *testing.B) {
	for _, m := range moduleUse {
		b.Run(m.name, func(b *testing.B) {
			dir := b.TempDir()
			b.Chdir(dir)
			if m.module != "" {
				cell := run(b)
				cell("%get " + m.module)
				cell("%get -save")
			}
			if m.imports != nil {
				b.Run("import", func(b *testing.B) { firstAndSecond(b, importing("_ ", m.imports)) })
			}
			b.Run("call", func(b *testing.B) { firstAndSecond(b, importing("", m.imports)+m.call) })
		})
	}
}

// importing is the source that imports packages under a name.
func importing(name string, paths []string) string {
	var s strings.Builder
	for _, path := range paths {
		fmt.Fprintf(&s, "import %s%q\n", name, path)
	}
	return s.String()
}

func firstAndSecond(b *testing.B, cell string) {
	took := map[string][]float64{}
	for b.Loop() {
		b.Setenv(modules.CacheVariable, filepath.Join(b.TempDir(), "types"))
		for _, which := range []string{"first", "second"} {
			s, err := child(b.Context(), cell, which == "second")
			if err != nil {
				b.Fatal(err)
			}
			took[which+"-cpu"] = append(took[which+"-cpu"], s.took)
			took[which+"-wall"] = append(took[which+"-wall"], s.wall)
			took["before-cpu"] = append(took["before-cpu"], s.ready)
		}
	}
	for name, list := range took {
		slices.Sort(list)
		b.ReportMetric(list[len(list)/2]/1e6, name+"-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// spent is what a session took, in nanoseconds.
type spent struct{ took, ready, wall float64 }

// child runs a session, and returns what it prints.
func child(ctx context.Context, cell string, profiled bool) (s spent, err error) {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), cellVariable+"="+cell)
	if !profiled {
		cmd.Env = append(cmd.Env, profileVariable+"=")
	}
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return s, fmt.Errorf("session: %w: %s", err, errors.String())
	}
	lines := strings.Fields(string(out))
	if len(lines) < 3 {
		return s, fmt.Errorf("session printed %q", out)
	}
	_, err = fmt.Sscan(strings.Join(lines[len(lines)-3:], " "), &s.took, &s.ready, &s.wall)
	return s, err
}
