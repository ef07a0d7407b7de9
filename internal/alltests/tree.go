package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/internal/testenv"
)

//go:embed requirements.txt
var requirements []byte

// A tree is the checkout that is tested.
type tree struct {
	root string
	out  io.Writer
	host install.Host
	env  install.Environment

	strict bool            // what cannot run fails
	absent map[string]need // what tests need and is not here, by package
}

// openTree finds the checkout around the working directory.
func openTree(ctx context.Context, out io.Writer) (*tree, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("ask go where the module is: %w", err)
	}
	path := strings.TrimSpace(string(mod))
	content, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(content, []byte("module github.com/gosched/gosched\n")) {
		return nil, errors.New("run this in the checkout: go run ./internal/alltests")
	}
	t := &tree{root: filepath.Dir(path), out: out, host: install.ThisHost()}
	t.env = install.Environment{Dir: t.path(".test", "venv"), Requirements: requirements}
	return t, nil
}

func (t *tree) path(elements ...string) string {
	return filepath.Join(append([]string{t.root}, elements...)...)
}

// program is the gosched that tests start.
func (t *tree) program() string { return t.path(".test", "bin", "gosched") }

// environ is the environment of tests: no settings of the user's Jupyter.
func (t *tree) environ() []string {
	chromium := ""
	for _, name := range chromiums {
		if chromium == "" {
			chromium = t.host.LookPath(name)
		}
	}
	python, strict := "", ""
	if t.env.Ready() {
		python = t.env.Bin("python")
	}
	if t.strict {
		strict = "1"
	}
	return append(goEnviron(),
		testenv.AllVar+"=1",
		testenv.StrictVar+"="+strict,
		testenv.PythonVar+"="+python,
		testenv.CacheVar+"="+t.path(".test", "cache"),
		"GOSCHED_TEST_BIN="+t.program(),
		"GOSCHED_TEST_CHROMIUM="+chromium,
		"GOSCHED_TEST_ARTIFACTS="+t.path("artifacts"),
		"VIRTUAL_ENV="+t.env.Dir,
		"PATH="+t.env.Bin("")+string(os.PathListSeparator)+os.Getenv("PATH"),
		"JUPYTER_PREFER_ENV_PATH=1",
		"JUPYTER_PATH="+install.PrefixDataDir(t.env.Dir),
		"JUPYTER_CONFIG_DIR="+t.path(".test", "jupyter", "config"),
		"JUPYTER_DATA_DIR="+t.path(".test", "jupyter", "data"),
		"JUPYTER_RUNTIME_DIR="+t.path(".test", "jupyter", "runtime"),
		"IPYTHONDIR="+t.path(".test", "ipython"),
	)
}

// lacks says why a step that needs packages cannot run, or "". With strict, it
// runs all the same, and fails.
func (t *tree) lacks(pkgs ...string) string {
	for _, pkg := range pkgs {
		if n, absent := t.absent[pkg]; absent && !t.strict {
			return fmt.Sprintf("%s is not here; to have it: %s", n.pkg, t.host.DebianCommand(n.pkg))
		}
	}
	return ""
}

// command is a command in the checkout that prints to the output.
func (t *tree) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = t.root
	cmd.Env = goEnviron()
	cmd.Stdout, cmd.Stderr = t.out, t.out
	return cmd
}

// printed is what a command in the checkout prints on its standard output.
func (t *tree) printed(ctx context.Context, name string, args ...string) (string, error) {
	var text strings.Builder
	cmd := t.command(ctx, name, args...)
	cmd.Stdout = &text
	err := cmd.Run()
	return text.String(), err
}

// setUp installs what is needed of the system, makes the Python environment unless it
// is there, builds the program, and installs the kernel into that. The program is
// compiled while the rest is downloaded.
func (t *tree) setUp(ctx context.Context) error {
	if err := os.MkdirAll(t.path("artifacts"), 0o755); err != nil {
		return err
	}
	g, both := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := t.command(both, "go", "build", "-ldflags="+noSymbols, "-o", t.program(), "./cmd/gosched").Run(); err != nil {
			return fmt.Errorf("build gosched: %w", err)
		}
		return nil
	})
	g.Go(func() error { return t.meetNeeds(both) })
	if err := g.Wait(); err != nil || !t.env.Ready() {
		return err
	}
	if err := t.command(ctx, t.program(), "install", "--prefix", t.env.Dir).Run(); err != nil {
		return fmt.Errorf("install the kernel for the tests: %w", err)
	}
	return nil
}

// meetNeeds installs what is needed of the system, and makes the Python environment
// unless it is there.
func (t *tree) meetNeeds(ctx context.Context) error {
	t.absent = map[string]need{}
	for _, n := range meetNeeds(ctx, t.host, t.out) {
		t.absent[n.pkg] = n
	}
	if !t.env.Ready() {
		fmt.Fprintf(t.out, "making the Python environment in %s\n", t.env.Dir)
		python, err := t.host.FindPython(ctx)
		if err != nil && !t.strict {
			return nil // which has been told
		}
		if err != nil {
			return err
		}
		if err := t.env.Make(ctx, t.host, python, func(string) {}); err != nil {
			return err
		}
	}
	return nil
}
