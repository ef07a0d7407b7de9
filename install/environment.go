package install

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// An Environment is a Python virtual environment made from a lock.
type Environment struct {
	Dir          string
	Requirements []byte // a requirements file with every package and its hashes
}

// readyFile is written into an environment last; it holds the hash of the
// requirements that are in it.
const readyFile = "gosched-ready"

// Bin returns the path of a command in the environment.
func (e Environment) Bin(command string) string { return filepath.Join(e.Dir, "bin", command) }

// Hash names the requirements.
func (e Environment) Hash() string {
	sum := sha256.Sum256(e.Requirements)
	return hex.EncodeToString(sum[:])
}

// Ready says whether the environment is there, complete and with these very
// requirements.
func (e Environment) Ready() bool {
	mark, err := os.ReadFile(filepath.Join(e.Dir, readyFile))
	return err == nil && strings.TrimSpace(string(mark)) == e.Hash() && isExecutable(e.Bin("python"))
}

// Make makes the environment anew with the given Python. It tells progress
// what it is at, in a few words, now and then. A failed or interrupted Make
// leaves an environment that is not Ready.
func (e Environment) Make(ctx context.Context, h Host, python Python, progress func(string)) error {
	if err := os.RemoveAll(e.Dir); err != nil {
		return fmt.Errorf("remove the older environment: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(e.Dir), 0o755); err != nil {
		return fmt.Errorf("make the environment: %w", err)
	}
	requirements := filepath.Join(e.Dir, "requirements.txt")
	venv, pip := e.makers(h, python, requirements)
	progress("making a Python environment")
	if out, err := e.run(ctx, h, progress, venv[0], venv[1:]...); err != nil {
		return fmt.Errorf("make a virtual environment with %s: %w\n%s", python.Path, err, out)
	}
	if err := os.WriteFile(requirements, e.Requirements, 0o644); err != nil {
		return err
	}
	out, err := e.run(ctx, h, progress, pip[0], pip[1:]...)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &Trouble{
			What: fmt.Sprintf("Installing the pinned packages did not work (%v). Its last words:\n%s", err, indent(out)),
			Fix: []string{
				"check the network, and that https://pypi.org can be reached (behind a proxy: export HTTPS_PROXY=…)",
				"then run the same command again",
			},
		}
	}
	return os.WriteFile(filepath.Join(e.Dir, readyFile), []byte(e.Hash()+"\n"), 0o644)
}

// makers are the commands that make the environment and install the
// requirements file into it. The lock is complete, so there is nothing to
// resolve: --no-deps.
func (e Environment) makers(h Host, python Python, requirements string) (venv, pip []string) {
	locked := []string{"--no-deps", "--require-hashes", "-r", requirements}
	if uv := h.uv(); uv != "" {
		venv = []string{uv, "venv", "--no-project", "--seed", "--python", python.Path, e.Dir}
		pip = append([]string{uv, "pip", "install", "--no-progress", "--python", e.Bin("python")}, locked...)
		return venv, pip
	}
	venv = []string{python.Path, "-m", "venv", e.Dir}
	pip = append([]string{e.Bin("python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"}, locked...)
	return venv, pip
}

// run runs a command, hands its lines to progress in short, and returns its
// last lines.
func (e Environment) run(ctx context.Context, h Host, progress func(string), name string, args ...string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = h.pythonEnviron()
	output, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return "", err
	}
	var last []string
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "Collecting ") || strings.HasPrefix(line, "Installing ") || strings.HasPrefix(line, "Building ") {
			progress(strings.Join(strings.Fields(line)[:2], " "))
		}
		if last = append(last, line); len(last) > 12 {
			last = last[1:]
		}
	}
	if lines.Err() != nil {
		cancel() // nobody reads on, so it could block for ever
	}
	return strings.Join(last, "\n"), errors.Join(lines.Err(), cmd.Wait())
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
