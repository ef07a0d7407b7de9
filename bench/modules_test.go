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

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/session"
)

// moduleUse is a module, and a cell that imports it and calls something.
var moduleUse = []struct{ name, module, cell string }{
	{"empty", "", "1 + 1"},
	{"testify", "github.com/stretchr/testify@v1.12.1", `import "github.com/stretchr/testify/assert"
assert.Equal(new(assert.CollectT), []int{1, 2}, []int{1, 2})`},
	{"zap", "go.uber.org/zap@v1.28.0", `import "go.uber.org/zap"
zap.NewExample().Info("hello", zap.Int("n", 3))`},
	{"mat", "gonum.org/v1/gonum@v0.17.0", `import "gonum.org/v1/gonum/mat"
mat.Det(mat.NewDense(2, 2, []float64{1, 2, 3, 4}))`},
	{"text", "golang.org/x/text@v0.44.0", `import ("golang.org/x/text/collate"; "golang.org/x/text/language")
list := []string{"zebra", "Äpfel", "apfel"}
collate.New(language.German).SortStrings(list)
list`},
	{"plot", "gonum.org/v1/plot@v0.17.0", `import ("gonum.org/v1/plot"; "gonum.org/v1/plot/plotter")
p := plot.New()
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
// and that of the session without it.
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
	ready := processorTime()
	if err := run(2, cell); err != nil {
		return err
	}
	fmt.Println(processorTime()-ready, ready)
	return nil
}

// A first session of a module checks it, a second one finds what that has kept. Each
// is a process of its own. The metrics are medians of processor time from the import
// to the result of a call, and of the whole session before that.
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
			times := map[string][]float64{}
			for b.Loop() {
				b.Setenv(modules.CacheVariable, filepath.Join(b.TempDir(), "types"))
				for _, which := range []string{"first", "second"} {
					took, ready, err := child(b.Context(), m.cell, which == "second")
					if err != nil {
						b.Fatal(err)
					}
					times[which] = append(times[which], took)
					times["before"] = append(times["before"], ready)
				}
			}
			for name, list := range times {
				slices.Sort(list)
				b.ReportMetric(list[len(list)/2]/1e6, name+"-cpu-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// child runs a session, and returns what it prints.
func child(ctx context.Context, cell string, profiled bool) (took, ready float64, err error) {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), cellVariable+"="+cell)
	if !profiled {
		cmd.Env = append(cmd.Env, profileVariable+"=")
	}
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return 0, 0, fmt.Errorf("session: %w: %s", err, errors.String())
	}
	lines := strings.Fields(string(out))
	if len(lines) < 2 {
		return 0, 0, fmt.Errorf("session printed %q", out)
	}
	_, err = fmt.Sscan(strings.Join(lines[len(lines)-2:], " "), &took, &ready)
	return took, ready, err
}
