package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/internal/gobuild"
)

// leakExperiment is what a build sets in GOEXPERIMENT so that %leaks finds the
// goroutines that wait for a channel that nobody else has.
const leakExperiment = "goroutineleakprofile"

// findsLeaks says whether this program was built so.
func findsLeaks() bool { return pprof.Lookup("goroutineleak") != nil }

// leakInstall is the command that installs this gosched built so.
func leakInstall() string {
	source := "./cmd/gosched   # in the checkout"
	if v := version(); v.Commit == "" && strings.HasPrefix(v.Gosched, "v") {
		source = "github.com/gosched/gosched/cmd/gosched@" + v.Gosched
	}
	return "GOEXPERIMENT=" + leakExperiment + " go install " + source
}

// leakFinder returns the kernel for a lab that is opened in a checkout: one
// that finds leaked goroutines, built there, because `go run` and `go install`
// by themselves make one that does not. Where that cannot be, it is the same
// kernel as before.
func (p *process) leakFinder(ctx context.Context, kernel install.Kernelspec) install.Kernelspec {
	root := p.checkout()
	if p.leaks() || root == "" {
		return kernel
	}
	built, err := p.buildLeakFinder(ctx, root)
	if err != nil {
		if ctx.Err() == nil {
			fmt.Fprintf(p.stderr, "That did not work, so %%leaks will find few of them: %v\n", err)
		}
		return kernel
	}
	// The next build will replace the program, perhaps while a kernel runs.
	kernel.Executable, kernel.Keep = built, true
	return kernel
}

// buildLeakFinder builds the gosched of a checkout into the cache directory,
// which takes a moment when nothing has changed, and returns its path.
func (p *process) buildLeakFinder(ctx context.Context, root string) (string, error) {
	goCommand := p.host.LookPath("go")
	if goCommand == "" {
		return "", errors.New("there is no go command on your PATH")
	}
	with := leakExperiment
	if others := p.host.Getenv("GOEXPERIMENT"); others != "" {
		with = others + "," + leakExperiment
	}
	// Of another release, the go command may not know the experiment.
	ask := exec.CommandContext(ctx, goCommand, "env", "GOVERSION")
	ask.Dir = root
	ask.Env = append(slices.Clip(p.host.Environ), "PWD="+root)
	var problem bytes.Buffer
	ask.Stderr = &problem
	out, err := ask.Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w\n%s", err, bytes.TrimSpace(problem.Bytes()))
	}
	// It may add experiments to the release.
	release := strings.TrimPrefix(string(bytes.TrimSpace(out)), "go")
	release, _, _ = strings.Cut(strings.ReplaceAll(release, "-X:", " "), " ")
	if want := version().Go; release != want {
		return "", fmt.Errorf("the go command is of Go %s and gosched of Go %s", release, want)
	}
	path := filepath.Join(p.host.CacheDir(), "kernel", "gosched")
	return path, gobuild.Build(ctx, gobuild.Config{
		Go: goCommand, Dir: root, Package: "./cmd/gosched", Out: path, Name: "the kernel",
		Environ:  append(slices.Clip(p.host.Environ), "GOEXPERIMENT="+with),
		Progress: p.stderr, Terminal: p.isTerminal(p.stderr),
	})
}

// checkout is the directory of gosched's source that the working directory is
// in, or "".
func (p *process) checkout() string {
	for dir := p.dir; ; dir = filepath.Dir(dir) {
		if isCheckout(dir) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}
