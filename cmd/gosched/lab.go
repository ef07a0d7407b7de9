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
)

const labHelp = `
Usage: gosched lab [--prepare] [flags of jupyter lab]

Open JupyterLab with the Go kernel. The first start makes a private JupyterLab
with pinned versions, which takes about a minute and touches no other Jupyter
of yours; later starts take seconds. It opens the folder notebooks/ of the
course if it is here, else this folder; name a file or folder to open another.

Flags:
  --prepare
        make the private JupyterLab and do not start it
  --no-browser, --port N, --ip ADDRESS and all others
        are passed on to jupyter lab; --help-all lists them

Environment:
  GOSCHED_PYTHON   the Python to use; by default the first that is new enough
  GOSCHED_LAB_DIR  where the private JupyterLab is
`

// labStopTimeout is how long JupyterLab may take to end when it must.
const labStopTimeout = 10 * time.Second

func runLab(ctx context.Context, p *process, args []string) error {
	prepare := false
	var pass []string
	for i, arg := range args {
		switch arg {
		case "-h", "-help", "--help":
			fmt.Fprint(p.stdout, strings.TrimLeft(labHelp, "\n"))
			return nil
		case "-prepare", "--prepare":
			prepare = true
			continue
		case "--":
			pass = append(pass, args[i:]...)
		default:
			pass = append(pass, arg)
			continue
		}
		break
	}
	kernel, err := p.kernelspec()
	if err != nil {
		return err
	}
	if err := p.host.Supported(); err != nil {
		return err
	}
	lab, err := p.openLab(ctx, p.leakFinder(ctx, kernel))
	if err != nil {
		return err
	}
	defer lab.Close()
	if prepare {
		fmt.Fprintf(p.stdout, "JupyterLab and the Go kernel are ready in %s\n", lab.Dir)
		return nil
	}
	dir := p.notebooks()
	if namesPath(p.dir, pass) {
		dir = p.dir
	}
	// Without a question, Ctrl-C ends the server and its kernels cleanly.
	jupyter := []string{"lab", "-y"}
	if os.Geteuid() == 0 && !slices.Contains(pass, "--allow-root") {
		fmt.Fprintln(p.stderr, "You are root here, so JupyterLab runs as root, and so do your cells.")
		jupyter = append(jupyter, "--allow-root")
	}
	cmd := exec.CommandContext(ctx, lab.Bin("jupyter"), append(jupyter, pass...)...)
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
	lab, err := p.host.OpenLab(ctx, kernel, func(what string) {
		if line != "" {
			fmt.Fprintf(p.stderr, "%s%3.0f s  %.60s", line, time.Since(start).Seconds(), what)
		}
	})
	fmt.Fprint(p.stderr, line)
	if err == nil && time.Since(start) > 5*time.Second {
		fmt.Fprintf(p.stderr, "Ready after %.0f s.\n", time.Since(start).Seconds())
	}
	return lab, err
}

// notebooks is the folder to open: notebooks/ here or in the checkout that the
// working directory is in, else the working directory.
func (p *process) notebooks() string {
	for dir := p.dir; ; dir = filepath.Dir(dir) {
		notebooks := filepath.Join(dir, "notebooks")
		if info, err := os.Stat(notebooks); err == nil && info.IsDir() && (dir == p.dir || isCheckout(dir)) {
			return notebooks
		}
		if dir == filepath.Dir(dir) {
			return p.dir
		}
	}
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
