// Command load simulates workshops on this machine and says how they went:
//
//	go run ./internal/load -learners 10,20,40,80 notebooks/*.ipynb
//
// Each learner is a real kernel, supervisor and worker, with a real client at
// its sockets, and runs the cells of one notebook after the other, with time
// to think in between; a notebook has a kernel of its own. A round goes like
// this:
//
//  1. All learners open their first notebook, within -arrive.
//  2. Nobody does anything for -idle.
//  3. All work for -work. Learner i begins with notebook i, or, with -same, all
//     with the first.
//  4. All press Run at the same moment, a few times.
//  5. Nobody does anything for -idle.
//
// The time from Run to the first output is that of cells that have output; what
// a cell takes by itself, because it sleeps or computes, is known from a run
// with one learner before, and the report also says how much later than that
// the first output came. It needs Linux.
//
//	go run ./internal/load -soak 1h -seed 7
//
// uses one kernel for that long instead, and compares what it does with what it
// should: see package soak.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gosched/gosched/internal/kernelproc"
	"github.com/gosched/gosched/internal/load/soak"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// A workshop says how a round goes.
type workshop struct {
	program string // the gosched binary
	lessons []lesson
	arrive  time.Duration
	idle    time.Duration
	work    time.Duration
	think   time.Duration // mean, between cells
	timeout time.Duration // of one cell
	same    bool
}

func run(ctx context.Context, out io.Writer, args []string) error {
	var w workshop
	set := flag.NewFlagSet("load", flag.ContinueOnError)
	set.StringVar(&w.program, "gosched", "", "the `program` to load; by default it is built from this tree")
	learners := set.String("learners", "10,20,40,80", "`numbers` of learners, a round for each")
	set.DurationVar(&w.arrive, "arrive", 10*time.Second, "within which `time` all open their first notebook")
	set.DurationVar(&w.idle, "idle", 10*time.Second, "how `long` to watch idle kernels")
	set.DurationVar(&w.work, "work", 2*time.Minute, "how `long` they work")
	set.DurationVar(&w.think, "think", 5*time.Second, "the mean `time` between the end of a cell and the next Run")
	set.DurationVar(&w.timeout, "timeout", time.Minute, "the `time` after which a cell has failed")
	set.BoolVar(&w.same, "same", false, "all begin with the first notebook")
	soaking := set.Duration("soak", 0, "use one kernel for so `long`, instead of workshops")
	seed := set.Uint64("seed", uint64(time.Now().UnixNano()), "the `number` that decides on the cells of -soak")
	kills := set.Int("kills", 10_000, "in one of so `many` cells of -soak, the worker is killed")
	asJSON := set.String("json", "", "also write the reports to `FILE`")
	if err := set.Parse(args); err != nil {
		return err
	}
	rounds, err := numbers(*learners)
	if err != nil {
		return err
	}
	if *soaking == 0 {
		if w.lessons, err = readLessons(set.Args()); err != nil {
			return err
		}
	}
	if w.program == "" {
		dir, err := os.MkdirTemp("", "gosched-load-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if w.program, err = kernelproc.Build(ctx, dir); err != nil {
			return err
		}
	}

	if *soaking > 0 {
		fmt.Fprintf(out, "one kernel for %v, seed %d\n", *soaking, *seed)
		r, err := soak.Run(ctx, soak.Config{
			Program: w.program, Seed: *seed, For: *soaking, Every: max(*soaking/20, time.Second), Timeout: w.timeout, Kills: max(*kills, 1), Out: out,
		})
		if r != nil {
			r.Print(out)
		}
		return err
	}
	fmt.Fprintf(out, "one learner alone, for the time that cells take by themselves\n")
	alone, err := w.baseline(ctx)
	if err != nil {
		return err
	}
	var reports []report
	for _, n := range rounds {
		fmt.Fprintf(out, "%d learners\n", n)
		r, err := w.round(ctx, n, alone)
		if err != nil {
			return fmt.Errorf("%d learners: %w", n, err)
		}
		r.print(out)
		reports = append(reports, r)
	}
	printTable(out, reports)
	if *asJSON != "" {
		content, err := json.MarshalIndent(reports, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(*asJSON, append(content, '\n'), 0o644); err != nil {
			return err
		}
	}
	for _, r := range reports {
		if len(r.Failures) > 0 {
			return errors.New("there were failures")
		}
	}
	return nil
}

// numbers reads "10,20".
func numbers(list string) ([]int, error) {
	var ns []int
	for field := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-learners %s: %q is not a number of learners; give for example 10,20", list, field)
		}
		ns = append(ns, n)
	}
	return ns, nil
}
