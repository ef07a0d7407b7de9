package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/engine"
)

// A tested package is one of a module, whose own tests are run in a session.
type testedPackage struct {
	module string // path@version
	path   string
	// known are tests that fail in a session, with the reason.
	known map[string]string
}

// readTested reads a list of packages: a line has a module with its version and the
// package in it; lines below that are indented have a test that fails, and why.
func readTested(file string) ([]testedPackage, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []testedPackage
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case line[0] == ' ' || line[0] == '\t':
			if len(list) == 0 || len(words) < 2 {
				return nil, fmt.Errorf("%s: a test that fails needs a reason: %q", file, line)
			}
			list[len(list)-1].known[words[0]] = strings.Join(words[1:], " ")
		case len(words) == 2:
			list = append(list, testedPackage{words[0], words[1], map[string]string{}})
		default:
			return nil, fmt.Errorf("%s: a line is a module and a package: %q", file, line)
		}
	}
	return list, nil
}

func testedPath() string {
	return filepath.Join(moduleRoot(), "internal", "conform", "testdata", "modules", "tested.txt")
}

// skipping leaves out the tests that are known to fail: they may take for ever.
func (p *testedPackage) skipping() string {
	if len(p.known) == 0 {
		return ""
	}
	return " -skip ^(" + strings.Join(slices.Sorted(maps.Keys(p.known)), "|") + ")$"
}

// outcomeLine is what package testing says of a test at top level.
var outcomeLine = regexp.MustCompile(`(?m)^--- (PASS|FAIL|SKIP): (\S+)`)

func outcomesOf(text string) map[string]string {
	m := map[string]string{}
	for _, f := range outcomeLine.FindAllStringSubmatch(text, -1) {
		m[f[2]] = f[1]
	}
	return m
}

// A share is how many of a module's tests pass.
type share struct{ passed, all int }

// enough is the share of its tests, in percent, with which a module can be relied on.
const enough = 95

// moduleTests runs the packages' own tests by go test and in a session, and
// compares which pass.
func moduleTests(ctx context.Context, out io.Writer, match *regexp.Regexp, timeout time.Duration) error {
	list, err := readTested(testedPath())
	if err != nil {
		return err
	}
	all, same, bad := 0, 0, 0
	modules := map[string]*share{}
	for _, p := range list {
		if !match.MatchString(p.path) {
			continue
		}
		native, err := nativeTests(ctx, p)
		if err != nil {
			return err
		}
		start := time.Now()
		o, err := runEngine(ctx, engine.Direct, []string{"%get -t " + p.module, "%test " + p.path + " -v -short" + p.skipping()}, loading*timeout)
		if err != nil {
			return err
		}
		here := outcomesOf(o.Stdout + o.TailOut)
		passed, wanted, differ := p.compare(native, here)
		if modules[p.module] == nil {
			modules[p.module] = &share{}
		}
		modules[p.module].passed += passed
		modules[p.module].all += wanted
		all, same, bad = all+wanted, same+passed, bad+len(differ)
		fmt.Fprintf(out, "%-45s %4d of %4d  %6s\n", p.path, passed, wanted, time.Since(start).Round(100*time.Millisecond))
		if wanted == 0 || len(here) == 0 {
			fmt.Fprintf(out, "\tnothing ran: %s %s\n", o.End, lines(o.Detail, 6))
			bad++
		}
		for _, d := range differ {
			fmt.Fprintf(out, "\t%s\n", d)
		}
	}
	good := 0
	for _, m := range modules {
		if m.all > 0 && 100*m.passed >= enough*m.all {
			good++
		}
	}
	fmt.Fprintf(out, "of %d modules of %d, %d %% of the tests or more pass\n", good, len(modules), enough)
	fmt.Fprintf(out, "%d of %d tests that pass by go test pass in a session (%.1f %%)\n", same, all, 100*float64(same)/float64(max(all, 1)))
	if bad > 0 {
		return errFailed
	}
	return nil
}

// compare counts the tests that pass natively, and those of them that pass here, too. It
// says what differs beside what is known.
func (p *testedPackage) compare(native, here map[string]string) (passed, wanted int, differ []string) {
	for _, name := range slices.Sorted(maps.Keys(native)) {
		if native[name] != "PASS" {
			continue
		}
		wanted++
		if here[name] == "PASS" {
			passed++
		} else if p.known[name] == "" {
			differ = append(differ, fmt.Sprintf("%s: %s", name, cmp.Or(here[name], "did not end")))
		}
	}
	return passed, wanted, differ
}

// nativeTests runs a package's tests by go test, from a copy of the module, which
// can be written to.
func nativeTests(ctx context.Context, p testedPackage) (map[string]string, error) {
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	env := append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -trimpath")
	if err := require(ctx, dir, []string{p.module, p.path + "@" + p.module[strings.LastIndexByte(p.module, '@')+1:]}, env); err != nil {
		return nil, err
	}
	for _, args := range [][]string{{"get", "-t", p.path + p.module[strings.LastIndexByte(p.module, '@'):]}, {"test", "-v", "-short", "-count=1", p.path}} {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Env = dir, env
		text, err := cmd.CombinedOutput()
		if args[0] == "test" {
			return outcomesOf(string(text)), nil // also where some fail
		}
		if err != nil {
			return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, text)
		}
	}
	return nil, nil
}
