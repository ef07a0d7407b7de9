package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/kernel/engine"
)

type labCommand struct {
	engineFlag
	Prepare bool     `help:"Make the private JupyterLab and do not start it."`
	Jupyter []string `arg:"" optional:"" help:"Flags of jupyter lab, such as --no-browser, --port 8890 and --ip ADDRESS (--help-all lists them), and a file or folder to open."`
}

func (*labCommand) Help() string {
	return `The first start makes a private JupyterLab with pinned versions, which touches no other Jupyter of yours; later starts take seconds. In a checkout of gosched it opens the index of a copy of the course, in the checkout's folder course/, that is yours to work in; else it opens the folder notebooks/ if there is one, or this folder. Name a file or folder to open another.

What the environment says:

  GOSCHED_PYTHON   the Python to use; by default the first that is new enough
  GOSCHED_LAB_DIR  where the private JupyterLab is`
}

// labArguments puts what is gosched's own before what is passed on to jupyter lab.
func labArguments(args []string) []string {
	var own, pass []string
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "--":
			return slices.Concat(own, []string{"--"}, pass, args[i:])
		case arg == "--engine" && i+1 < len(args):
			own = append(own, arg, args[i+1])
			i++
		case arg == "--prepare", arg == "-h", arg == "--help", strings.HasPrefix(arg, "--engine="):
			own = append(own, arg)
		default:
			pass = append(pass, arg)
		}
	}
	return slices.Concat(own, []string{"--"}, pass)
}

// courseIndex is the notebook that links to all others.
const courseIndex = "00-index.ipynb"

// labStopTimeout is how long JupyterLab may take to end when it must.
const labStopTimeout = 10 * time.Second

func (c *labCommand) Run(ctx context.Context, p *process) error {
	kernel, err := p.kernelspec()
	if err != nil {
		return err
	}
	kind, err := p.chosen(c.Engine)
	if err != nil {
		return err
	}
	if c.Engine != "" {
		kernel.Engine = string(kind)
	}
	if err := p.host.Supported(); err != nil {
		return err
	}
	lab, err := p.openLab(ctx, p.leakFinder(ctx, kernel))
	if err != nil {
		return err
	}
	defer lab.Close()
	if err := lab.AddKernel(ctx, forEngine(kernel, engine.Yaegi)); err != nil {
		return err
	}
	if c.Prepare {
		fmt.Fprintf(p.stdout, "JupyterLab and the Go kernel are ready in %s\n", lab.Dir)
		return nil
	}
	// Without a question, Ctrl-C ends the server and its kernels cleanly.
	jupyter := []string{"lab", "-y"}
	dir := p.dir
	if !namesPath(p.dir, c.Jupyter) {
		if dir, err = p.notebooks(); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(dir, courseIndex)); err == nil {
			// Named so, it is in the address that is printed, too.
			jupyter = append(jupyter, "--LabApp.default_url=/lab/tree/"+courseIndex)
		}
	}
	if os.Geteuid() == 0 && !slices.Contains(c.Jupyter, "--allow-root") {
		fmt.Fprintln(p.stderr, "You are root here, so JupyterLab runs as root, and so do your cells.")
		jupyter = append(jupyter, "--allow-root")
	}
	cmd := exec.CommandContext(ctx, lab.Bin("jupyter"), append(jupyter, c.Jupyter...)...)
	cmd.Dir = dir
	cmd.Env = lab.Environ()
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	return p.attend(cmd)
}

// openLab opens the private environment, telling a waiting person what happens.
func (p *process) openLab(ctx context.Context, kernel install.Kernelspec) (*install.Lab, error) {
	env := p.host.LabEnvironment()
	if !env.Ready() {
		fmt.Fprintf(p.stderr, "Making a private JupyterLab in %s.\nThis happens once and takes about a minute.\n", env.Dir)
	}
	start, line := time.Now(), ""
	if p.isTerminal(p.stderr) {
		line = "\r\x1b[K"
	}
	lab, err := p.host.OpenLab(ctx, kernel, install.Listener{
		Progress: func(what string) {
			if line != "" {
				fmt.Fprintf(p.stderr, "%s%3.0f s  %.60s", line, time.Since(start).Seconds(), what)
			}
		},
		Say: func(what string) { fmt.Fprintf(p.stderr, "%s%s\n", line, what) },
	})
	fmt.Fprint(p.stderr, line)
	if err == nil && time.Since(start) > 5*time.Second {
		fmt.Fprintf(p.stderr, "Ready after %.0f s.\n", time.Since(start).Seconds())
	}
	return lab, err
}

// notebooks is the folder to open: the learner's copy of the course, in a
// checkout, so that work is not done in what git keeps; else notebooks/ here, or
// the working directory.
func (p *process) notebooks() (string, error) {
	for dir := p.dir; ; dir = filepath.Dir(dir) {
		if isCheckout(dir) {
			return p.copyCourse(filepath.Join(dir, "course"))
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	notebooks := filepath.Join(p.dir, "notebooks")
	if info, err := os.Stat(notebooks); err == nil && info.IsDir() {
		return notebooks, nil
	}
	return p.dir, nil
}

func isCheckout(dir string) bool {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && strings.HasPrefix(string(mod), "module github.com/gosched/gosched\n")
}

// namesPath says whether the arguments of jupyter lab name a file or folder to
// open: one that exists and is not the value of a flag.
func namesPath(dir string, args []string) bool {
	for i, arg := range args {
		if strings.HasPrefix(arg, "-") {
			continue
		}
		if i > 0 && strings.HasPrefix(args[i-1], "-") && !strings.Contains(args[i-1], "=") && !isSwitch(args[i-1]) {
			continue
		}
		if !filepath.IsAbs(arg) {
			arg = filepath.Join(dir, arg)
		}
		if _, err := os.Stat(arg); err == nil {
			return true
		}
	}
	return false
}

// isSwitch says whether a flag of jupyter lab takes no value.
func isSwitch(flag string) bool {
	switch flag {
	case "--", "--no-browser", "--allow-root", "--debug", "--dev-mode", "--core-mode", "--expose-app-in-browser", "--autoreload", "--no-mathjax", "-y":
		return true
	}
	return false
}

// attend runs a command that signals are meant for, and passes on its exit
// code. The command has a process group of its own, so that it gets each
// signal from here and only once.
func (p *process) attend(cmd *exec.Cmd) error {
	cmd.SysProcAttr = ownProcessGroup()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = labStopTimeout
	signals, stop := p.notify(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			// It may have ended this moment; then there is nobody to tell.
			_ = cmd.Process.Signal(s)
		case err := <-ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				return err
			}
			code := exit.ExitCode()
			if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				code = 128 + int(status.Signal())
			}
			return &exitError{code: code}
		}
	}
}
