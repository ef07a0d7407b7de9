package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gosched/gosched/internal/kernelproc"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

// Config says how to soak.
type Config struct {
	Program string        // the gosched binary
	Seed    uint64        // of the order of cells
	For     time.Duration // how long
	Every   time.Duration // how often to look at what the session costs
	Timeout time.Duration // of one cell
	Kills   int           // in one of so many cells, the worker is killed
	Out     io.Writer     // a line for each look
}

// A Report says how it went.
type Report struct {
	Cells  int
	ByKind map[string]int
	Kills  int
	// Interrupts has how long it took from each interrupt to the end of its cell,
	// sorted.
	Interrupts []time.Duration
	Looks      []Look
}

// A Look is what the session costs at one moment.
type Look struct {
	Cells       int
	Since       int           // cells since the worker was started
	Trivial     time.Duration // from Run to the end of a trivial cell, the least of some
	Memory      int64         // bytes of all processes
	Files       int           // open in the worker
	Goroutines  int           // in the worker, of cells and of the engine
	MethodsTime time.Duration // from Run to the end of a cell that declares a type, the least of some
}

// Run soaks a kernel. Its error is the first thing that was not as the model has
// it, with the seed and the number of the cell, by which it happens again.
func Run(ctx context.Context, c Config) (*Report, error) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := writeModule(dir); err != nil {
		return nil, err
	}
	k, err := kernelproc.Start(ctx, kernelproc.Options{Program: c.Program, Dir: dir, Env: os.Environ()})
	if err != nil {
		return nil, err
	}
	s := &soaker{config: c, dir: dir, kernel: k, random: rand.New(rand.NewPCG(c.Seed, 0)), report: &Report{ByKind: map[string]int{}}}
	err = s.run(ctx)
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	err = errors.Join(err, k.Stop(within))
	slices.Sort(s.report.Interrupts)
	if err != nil {
		err = fmt.Errorf("seed %d, cell %d: %w", c.Seed, s.report.Cells, err)
	}
	return s.report, err
}

type soaker struct {
	config Config
	dir    string // where the notebook would be
	kernel *kernelproc.Kernel
	random *rand.Rand
	model  model
	report *Report
	since  int // cells since the worker was started
}

func (s *soaker) run(ctx context.Context) error {
	end := time.Now().Add(s.config.For)
	look := time.Now()
	for time.Now().Before(end) && ctx.Err() == nil {
		if !time.Now().Before(look) {
			if err := s.look(ctx); err != nil {
				return err
			}
			look = time.Now().Add(s.config.Every)
		}
		st := s.model.next(s.random, s.config.Kills)
		s.report.Cells++
		s.since++
		s.report.ByKind[st.kind]++
		if err := s.step(ctx, st); err != nil {
			return fmt.Errorf("%s: %w, of\n%s", st.kind, err, st.source)
		}
	}
	return s.look(ctx)
}

// step runs a cell and compares.
func (s *soaker) step(ctx context.Context, st step) error {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	if st.shop != "" {
		if err := writeShop(s.dir, st.shop); err != nil {
			return err
		}
	}
	pending, err := s.kernel.Client.Send(wire.Shell, "execute_request", wiretest.Cell(st.source))
	if err != nil {
		return err
	}
	defer pending.Forget()
	if st.interrupt || st.kill {
		running := func(r *wiretest.Result) bool {
			return slices.Contains(r.Types(), "execute_input") && (!st.kill || r.Text("stdout") != "")
		}
		if _, err := pending.Until(ctx, running); err != nil {
			return fmt.Errorf("it does not start: %w", err)
		}
		time.Sleep(time.Duration(s.random.IntN(60)) * time.Millisecond)
	}
	start := time.Now()
	switch {
	case st.interrupt:
		if _, err := s.kernel.Client.Request(ctx, wire.Control, "interrupt_request", map[string]any{}); err != nil {
			return fmt.Errorf("interrupt: %w", err)
		}
	case st.kill:
		if err := s.killWorker(); err != nil {
			return err
		}
		s.report.Kills++
		s.since = 0
	}
	r, err := pending.Until(ctx, func(r *wiretest.Result) bool { return r.Reply != nil && r.Idle })
	if err != nil {
		return fmt.Errorf("it does not end: %w; the kernel said: %s", err, s.kernel.Stderr())
	}
	if st.interrupt {
		s.report.Interrupts = append(s.report.Interrupts, time.Since(start))
	}
	return st.want.compare(r)
}

// compare says how what a cell did is not what was wanted.
func (w want) compare(r *wiretest.Result) error {
	if w.fails != "" {
		c := r.Content()
		said := fmt.Sprint(c["ename"], ": ", c["evalue"], "\n", c["traceback"])
		if r.Status() != "error" || !strings.Contains(said, w.fails) {
			return fmt.Errorf("got %s, %s, wanted an error with %q", r.Status(), said, w.fails)
		}
		return nil
	}
	if r.Status() != "ok" {
		c := r.Content()
		return fmt.Errorf("it failed: %v: %v\n%v", c["ename"], c["evalue"], c["traceback"])
	}
	if got := r.Text("stdout"); w.contains != "" {
		if !strings.Contains(got, w.contains) {
			return fmt.Errorf("it printed %q, wanted %q in it", got, w.contains)
		}
	} else if got != w.stdout {
		return fmt.Errorf("it printed %q, wanted %q", got, w.stdout)
	}
	if got := result(r); got != w.result {
		return fmt.Errorf("it showed %q, wanted %q", got, w.result)
	}
	return nil
}

// result is the text of a cell's value, "" for none.
func result(r *wiretest.Result) string {
	for _, m := range r.Of("execute_result") {
		if data, ok := wiretest.Content(m)["data"].(map[string]any); ok {
			text, _ := data["text/plain"].(string)
			return text
		}
	}
	return ""
}

func (s *soaker) worker() (int, error) {
	pids, err := kernelproc.Descendants(s.kernel.PID)
	if err != nil {
		return 0, err
	}
	if len(pids) != 2 {
		return 0, fmt.Errorf("processes %v, wanted a supervisor and a worker", pids)
	}
	return pids[1], nil
}

func (s *soaker) killWorker() error {
	pid, err := s.worker()
	if err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}

// look measures what the session costs.
func (s *soaker) look(ctx context.Context) error {
	l := Look{Cells: s.report.Cells, Since: s.since}
	var err error
	if l.Trivial, err = s.least(ctx, "1 + 1"); err != nil {
		return err
	}
	if l.MethodsTime, err = s.least(ctx, "type looked struct{ n int }\nfunc (l looked) String() string { return fmt.Sprint(l.n) }\n_ = looked{1}"); err != nil {
		return err
	}
	r, err := s.kernel.Client.Execute(ctx, "fmt.Print(runtime.NumGoroutine())")
	if err != nil {
		return err
	}
	if l.Goroutines, err = strconv.Atoi(r.Text("stdout")); err != nil {
		return fmt.Errorf("asked for the number of goroutines: %w", err)
	}
	pid, err := s.worker()
	if err != nil {
		return err
	}
	files, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), "fd"))
	if err != nil {
		return err
	}
	l.Files = len(files)
	usage, err := kernelproc.Measure(s.kernel.PID)
	if err != nil {
		return err
	}
	l.Memory = usage.PSS
	s.report.Looks = append(s.report.Looks, l)
	fmt.Fprintf(s.config.Out, "%7d cells, %6d since a kill: %5.1f ms a trivial cell, %5.1f ms one with a type, %4d MB, %d files, %d goroutines\n",
		l.Cells, l.Since, l.Trivial.Seconds()*1000, l.MethodsTime.Seconds()*1000, l.Memory>>20, l.Files, l.Goroutines)
	return nil
}

// least is how long a cell takes at least, of some runs: the others are those for which
// the machine had no time at once, which an old session knows no more of than a new one.
func (s *soaker) least(ctx context.Context, source string) (time.Duration, error) {
	const runs = 9
	least := time.Duration(math.MaxInt64)
	for range runs {
		start := time.Now()
		r, err := s.kernel.Client.Execute(ctx, source)
		if err != nil {
			return 0, err
		}
		if r.Status() != "ok" {
			return 0, fmt.Errorf("%s: %v", source, r.Content())
		}
		least = min(least, time.Since(start))
	}
	return least, nil
}

// Print writes a summary.
func (r *Report) Print(w io.Writer) {
	kinds := make([]string, 0, len(r.ByKind))
	for k, n := range r.ByKind {
		kinds = append(kinds, fmt.Sprintf("%d %s", n, k))
	}
	slices.Sort(kinds)
	fmt.Fprintf(w, "%d cells: %s\n", r.Cells, strings.Join(kinds, ", "))
	if n := len(r.Interrupts); n > 0 {
		fmt.Fprintf(w, "from an interrupt to the end of its cell: p50 %v, p99 %v, most %v\n",
			r.Interrupts[n/2].Round(time.Millisecond), r.Interrupts[n*99/100].Round(time.Millisecond), r.Interrupts[n-1].Round(time.Millisecond))
	}
}
