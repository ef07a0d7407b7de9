package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
)

// The tests of Go's race detector are functions whose names say whether they
// race. Here each is a cell with %%race, after a cell with what its file declares
// beside tests.

// A raceFile is one file of them.
type raceFile struct {
	name  string
	decls string // a cell
	tests []raceTest
}

type raceTest struct {
	name string
	cell string
}

// races reports whether the test is to be reported.
func (t raceTest) races() bool { return strings.HasPrefix(t.name, "TestRace") }

// raceTestsDir is where they are, in a toolchain.
func raceTestsDir() string { return filepath.Join(goroot(), "src", "runtime", "race", "testdata") }

// raceStandIn is what the tests use of package testing.
const raceStandIn = `
type raceT struct{}

type raceSkip struct{}

func (*raceT) Error(args ...any)                 { panic(fmt.Sprint(args...)) }
func (*raceT) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (*raceT) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }
func (*raceT) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (*raceT) Logf(format string, args ...any)   {}
func (*raceT) Skip(args ...any)                  { panic(raceSkip{}) }
func (*raceT) TempDir() string {
	dir, err := os.MkdirTemp("", "race")
	if err != nil {
		panic(err)
	}
	return dir
}

func raceRun(f func(*raceT)) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(raceSkip); !ok {
				panic(r)
			}
			fmt.Println("skipped")
		}
	}()
	f(new(raceT))
	time.Sleep(racePause) // for goroutines that are left, as the tests that come next are in Go
}

var racePause = 5 * time.Millisecond

// synctestRun is what internal/synctest.Run is to packages that may import that.
func synctestRun(f func()) {
	testing.Init()
	testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{"bubble", func(t *testing.T) {
		synctest.Test(t, func(*testing.T) { f() })
	}}})
}
`

// loadRaceTests reads the tests, but for those that need cgo.
func loadRaceTests(dir string) ([]raceFile, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	var files []raceFile
	for _, name := range names {
		base := filepath.Base(name)
		if base == "cgo_test.go" || base == "main_test.go" {
			continue
		}
		f, err := readRaceFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", base, err)
		}
		if len(f.tests) > 0 {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no tests: this toolchain comes without those of the race detector", dir)
	}
	return files, nil
}

var testingTypes = strings.NewReplacer("*testing.T", "*raceT", "synctest.Run(", "synctestRun(")

func readRaceFile(path string) (raceFile, error) {
	file := raceFile{name: strings.TrimSuffix(filepath.Base(path), "_test.go")}
	text, err := os.ReadFile(path)
	if err != nil {
		return file, err
	}
	fset := token.NewFileSet()
	// A test reads its own file.
	source := strings.ReplaceAll(testingTypes.Replace(string(text)), `"mop_test.go"`, strconv.Quote(path))
	f, err := parser.ParseFile(fset, path, source, parser.SkipObjectResolution)
	if err != nil {
		return file, err
	}
	var decls bytes.Buffer
	decls.WriteString("import (\n\t\"fmt\"\n\t\"os\"\n\t\"time\"\n\t\"testing\"\n\t\"testing/synctest\"\n)\n")
	for _, s := range f.Imports {
		switch s.Path.Value {
		case `"fmt"`, `"os"`, `"time"`, `"testing"`, `"internal/synctest"`:
		default:
			fmt.Fprintf(&decls, "import %s\n", s.Path.Value)
		}
	}
	decls.WriteString(raceStandIn)
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		var b bytes.Buffer
		if err := format.Node(&b, fset, d); err != nil {
			return file, err
		}
		b.WriteString("\n")
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && (strings.HasPrefix(fn.Name.Name, "TestRace") || strings.HasPrefix(fn.Name.Name, "TestNoRace")) {
			name := fn.Name.Name
			if strings.Contains(b.String(), "runtime.Race") {
				continue // programs that are built with -race alone have that
			}
			file.tests = append(file.tests, raceTest{name, fmt.Sprintf("%%%%race\n%s\nraceRun(%s)\n", &b, name)})
			continue
		}
		decls.Write(b.Bytes())
	}
	file.decls = decls.String()
	return file, nil
}

// A raceResult is what came of one test.
type raceResult struct {
	raceTest
	reported bool
	skipped  bool   // by itself
	problem  string // that has nothing to do with races; it may come beside a report
	took     time.Duration
	report   string
}

// right reports whether the test is reported if and only if it is to be. A test that
// races may end in any way, as its luck is.
func (r raceResult) right() bool {
	return r.skipped || r.reported == r.races() && (r.problem == "" || r.races())
}

// raceSuite runs tests of the race detector.
type raceSuite struct {
	timeout  time.Duration // of one test
	parallel int           // files at a time
	filter   *regexp.Regexp
}

// raceSlack is how much longer than a program such a test may take: the detector makes
// it slower, and there are more at a time.
const raceSlack = 3

// run runs the tests of files. The results have the order of the tests.
func (s *raceSuite) run(ctx context.Context, files []raceFile) ([]raceResult, error) {
	results := make([][]raceResult, len(files))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.parallel)
	for i, f := range files {
		g.Go(func() (err error) {
			results[i], err = s.file(ctx, f)
			return err
		})
	}
	err := g.Wait()
	return slices.Concat(results...), err
}

// file runs the tests of one file in a session.
func (s *raceSuite) file(ctx context.Context, f raceFile) ([]raceResult, error) {
	e, err := engine.New()
	if err != nil {
		return nil, err
	}
	defer e.Close()
	n := 0
	exec := func(source string) (session.Result, string) {
		n++
		ctx, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		var out printed
		return e.Execute(ctx, session.Cell{Number: n, Source: source}, &out), out.String()
	}
	if r, _ := exec(f.decls); r.Failure != nil {
		return nil, fmt.Errorf("declaring what %s needs: %w", f.name, errors.New(strings.Join(r.Failure.Traceback, "\n")))
	}
	var results []raceResult
	for _, t := range f.tests {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !s.filter.MatchString(t.name) {
			continue
		}
		var res raceResult
		for try := range raceTries {
			if try > 0 {
				exec(fmt.Sprintf("racePause = %d * time.Millisecond", try*100))
			}
			start := time.Now()
			r, out := exec(t.cell)
			res = t.result(r, out)
			res.took = time.Since(start)
			if res.right() || !t.races() {
				break
			}
		}
		results = append(results, res)
		exec("%kill all")
	}
	return results, nil
}

// raceTries is how often a test that races is run until it is reported: some of
// them need a goroutine to run within a few milliseconds.
const raceTries = 3

func (t raceTest) result(r session.Result, out string) raceResult {
	res := raceResult{raceTest: t, skipped: strings.HasPrefix(out, "skipped\n")}
	res.reported = strings.Contains(out, raceHeading)
	res.report = out
	if r.Failure != nil {
		text := strings.Join(r.Failure.Traceback, "\n")
		res.report += text
		if r.Failure.Name == session.DataRace {
			res.reported = true
		} else {
			res.problem = string(r.Failure.Name) + ": " + lines(text, 8)
		}
	}
	return res
}

const raceHeading = "WARNING: DATA RACE"

// printed is a sink that keeps what is printed.
type printed struct {
	mu sync.Mutex
	b  strings.Builder
}

func (p *printed) Emit(ev session.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev := ev.(type) {
	case session.Stream:
		p.b.WriteString(ev.Text)
	case *session.Failure:
		p.b.WriteString(strings.Join(ev.Traceback, "\n"))
	}
}

func (p *printed) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// knownRaces lists tests that race and are not reported, each with the reason.
type knownRaces map[string]string

func knownRacesPath() string {
	return filepath.Join(moduleRoot(), "internal", "conform", "known-race.txt")
}

func readKnownRaces() (knownRaces, error) {
	text, err := os.ReadFile(knownRacesPath())
	if err != nil {
		return nil, fmt.Errorf("reading the known misses: %w", err)
	}
	k := knownRaces{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, reason, _ := strings.Cut(line, " ")
		if reason == "" || k[name] != "" {
			return nil, fmt.Errorf("%s: want a test and a reason, once: %s", knownRacesPath(), line)
		}
		if !strings.HasPrefix(name, "TestRace") {
			return nil, fmt.Errorf("%s: %s does not race, and must never be reported", knownRacesPath(), name)
		}
		k[name] = reason
	}
	return k, nil
}

// sometimes is how the reason begins of what fails in some runs only.
const sometimes = "sometimes: "

// A raceScore counts the tests of one kind.
type raceScore struct{ right, all int }

// score sums up, and says in words what is not as it should be.
func (k knownRaces) score(results []raceResult) (racing, silent raceScore, unexpected []string) {
	for _, r := range results {
		if r.skipped {
			continue
		}
		s := &silent
		if r.races() {
			s = &racing
		}
		s.all++
		if r.right() {
			s.right++
		}
		reason, listed := k[r.name]
		switch {
		case r.right() && listed && strings.HasPrefix(reason, sometimes):
		case r.right() && listed:
			unexpected = append(unexpected, fmt.Sprintf("%s is reported, and is listed as a known miss: %s", r.name, reason))
		case r.right() || listed && r.problem == "":
		case r.problem != "":
			unexpected = append(unexpected, fmt.Sprintf("%s: %s", r.name, r.problem))
		case r.races():
			unexpected = append(unexpected, r.name+" is not reported")
		default:
			unexpected = append(unexpected, fmt.Sprintf("%s is reported:\n%s", r.name, lines(r.report, 25)))
		}
	}
	return racing, silent, unexpected
}

func (s raceScore) String() string {
	return fmt.Sprintf("%d of %d (%.1f %%)", s.right, s.all, 100*float64(s.right)/float64(max(1, s.all)))
}

// raceCommand is "conform race".
func raceCommand(ctx context.Context, s *raceSuite, verbose bool, out io.Writer) error {
	files, err := loadRaceTests(raceTestsDir())
	if err != nil {
		return err
	}
	known, err := readKnownRaces()
	if err != nil {
		return err
	}
	results, err := s.run(ctx, files)
	if err != nil {
		return err
	}
	if verbose {
		for _, r := range results {
			fmt.Fprintf(out, "%-50s reported %-5t right %-5t %8s\n", r.name, r.reported, r.right(), r.took.Round(time.Millisecond))
		}
	}
	racing, silent, unexpected := known.score(results)
	for _, u := range unexpected {
		fmt.Fprintln(out, u)
	}
	fmt.Fprintf(out, "races reported  %s\nsilent          %s\n", racing, silent)
	if len(unexpected) > 0 {
		return errFailed
	}
	return nil
}
