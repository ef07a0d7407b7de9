package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/engine"
)

func main() {
	if os.Getenv(childVar) != "" {
		if err := child(); err != nil {
			fmt.Fprintln(os.Stderr, "conform:", err)
			os.Exit(3)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, errFailed) && !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "conform:", err)
		}
		os.Exit(1)
	}
}

// errFailed means that results were not as expected, which has been told.
var errFailed = errors.New("not every program does as it should")

const usage = `usage: conform [flags] [what]...

What to run: folders, .go files, .md files with fenced programs, or
  gotest  the test directory of the Go toolchain
  examples  the examples in the documentation of the standard library
  std     packages of the standard library with their tests, run as programs
  guide   the programs of the guide beside this module
  own     the project's own programs
  modtests  (alone) modules' own tests, by go test and in a session
  modules programs that use well-known modules (from GOPROXY)
  race    the tests of Go's race detector, with %%race; alone
Without arguments it is all three.

`

// command is the whole command, but for the process that it runs in.
func command(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("conform", flag.ContinueOnError)
	fs.Usage = func() {
		fmt.Fprint(fs.Output(), usage)
		fs.PrintDefaults()
	}
	var (
		filter   = fs.String("run", "", "only programs whose name matches this `regexp`")
		modeList = fs.String("modes", "cell,source,deps,main,rerun", "how to give programs to the kernel")
		kind     = fs.String("engine", string(engine.Direct), "the `engine` that runs the cells: direct or yaegi")
		knownArg = fs.String("known", "", "the `file` of known failures; by default the engine's")
		timeout  = fs.Duration("timeout", 20*time.Second, "for one program in one mode")
		parallel = fs.Int("j", runtime.GOMAXPROCS(0), "programs to run at a time")
		verbose  = fs.Bool("v", false, "name each program as it is done")
		show     = fs.Bool("cells", false, "print the cells of the programs instead of running them")
		random   = fs.Int("random", 0, "run this many random programs")
		numbers  = fs.Int("numbers", 0, fmt.Sprintf("run this many random programs of numbers, each of %d units", numericUnits))
		seed     = fs.Uint64("seed", 1, "of the first random program")
		wasm     = fs.Bool("wasm", false, "run the engine as in browsers: WebAssembly, in Node.js")
		omitted  = fs.Bool("omitted", false, "say which of Go's tests are not selected, and why")
	)
	if err := fs.Parse(args); err != nil {
		return err
	}
	s := &suite{timeout: *timeout, parallel: *parallel, engine: engine.Kind(*kind)}
	if !slices.Contains(engine.Kinds(), s.engine) {
		return fmt.Errorf("-engine: no engine %q: there are %v", *kind, engine.Kinds())
	}
	if *wasm {
		dir, err := os.MkdirTemp("", "conform")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if s.host, err = buildHost(ctx, dir); err != nil {
			return err
		}
	}
	switch {
	case *knownArg == "" && *wasm:
		*knownArg = wasmPath()
	case *knownArg == "":
		*knownArg = knownPath(s.engine)
	}
	for m := range strings.SplitSeq(*modeList, ",") {
		if !slices.Contains(allModes, mode(m)) {
			return fmt.Errorf("no mode %q: there are %v", m, allModes)
		}
		s.modes = append(s.modes, mode(m))
	}
	re, err := regexp.Compile(*filter)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	if s.known, err = readKnown(*knownArg); err != nil {
		return err
	}
	if *omitted {
		return writeOmitted(out)
	}
	what := fs.Args()
	if len(what) == 1 && what[0] == "race" {
		return raceCommand(ctx, &raceSuite{timeout: raceSlack * *timeout, parallel: 4 * *parallel, filter: re}, *verbose, out)
	}
	if len(what) == 0 && *random == 0 && *numbers == 0 {
		what = []string{"guide", "own", "gotest"}
	}
	if len(what) == 1 && what[0] == "modtests" {
		return moduleTests(ctx, out, re, *timeout)
	}
	programs, err := load(what)
	if err != nil {
		return err
	}
	programs = append(programs, randomPrograms(*seed, *random)...)
	programs = append(programs, numericPrograms(*seed, *numbers)...)
	programs = slices.DeleteFunc(programs, func(p program) bool { return !re.MatchString(p.name) })
	if *show {
		return writeCells(out, programs, s.modes)
	}
	if *verbose {
		s.progress = func(r result) { writeProgress(out, r, s.modes) }
	}
	results, err := s.run(ctx, programs)
	if err != nil {
		return err
	}
	writeFailures(out, results, s.modes)
	writeRemarks(out, results)
	writeTable(out, results, s.modes)
	if slices.ContainsFunc(results, func(r result) bool { return len(r.unexpected()) > 0 }) {
		return errFailed
	}
	return nil
}

func writeProgress(out io.Writer, r result, modes []mode) {
	fmt.Fprintf(out, "%-50s", r.program.name)
	for _, m := range modes {
		state := "ok"
		if r.cause[m] != "" {
			state = "FAIL"
		}
		if r.skipped != "" {
			state = "skip"
		}
		fmt.Fprintf(out, "  %s %-4s %6s", m, state, r.took[m].Round(time.Millisecond))
	}
	fmt.Fprintln(out)
}

func writeCells(out io.Writer, programs []program, modes []mode) error {
	for _, p := range programs {
		for _, m := range modes {
			cells, err := split(p.source, m)
			if err != nil {
				return err
			}
			for i, c := range cells {
				fmt.Fprintf(out, "// ---- %s [%s] cell %d\n%s\n", p.name, m, i+1, c)
			}
		}
	}
	return nil
}

func writeOmitted(out io.Writer) error {
	selected, why, err := goTests(testRoot())
	if err != nil {
		return err
	}
	var names []string
	for n := range why {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(out, "%s: %s\n", n, why[n])
	}
	_, err = fmt.Fprintf(out, "%d selected, %d omitted\n", len(selected), len(why))
	return err
}
