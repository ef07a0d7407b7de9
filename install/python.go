package install

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// OldestPython is the oldest Python 3 (the minor version) that the pinned
// JupyterLab runs on.
const OldestPython = 10

// probeTimeout bounds how long an interpreter may take to say what it is.
const probeTimeout = 20 * time.Second

// A Python is an interpreter that was asked what it is.
type Python struct {
	Path     string `json:"-"`
	Major    int    `json:"major"`
	Minor    int    `json:"minor"`
	Version  string `json:"version"`   // "3.11.2"
	Prefix   string `json:"prefix"`    // sys.prefix
	UserBase string `json:"user_base"` // what `pip install --user` installs into
	// CanVenv says that it can make virtual environments with pip in them:
	// Debian packages that part separately.
	CanVenv bool `json:"can_venv"`
}

// NewEnough says whether the pinned JupyterLab runs on it.
func (p Python) NewEnough() bool { return p.Major == 3 && p.Minor >= OldestPython }

const probe = `
import json, site, sys
def has(name):
    try:
        __import__(name)
        return True
    except Exception:
        return False
print(json.dumps({
    "major": sys.version_info[0],
    "minor": sys.version_info[1],
    "version": ".".join(str(n) for n in sys.version_info[:3]),
    "prefix": sys.prefix,
    "user_base": site.getuserbase() if hasattr(site, "getuserbase") else "",
    "can_venv": has("venv") and has("ensurepip"),
}))
`

// ProbePython asks an interpreter what it is.
func (h Host) ProbePython(ctx context.Context, path string) (Python, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-c", probe)
	cmd.Env = h.Environ
	out, err := cmd.Output()
	if err != nil {
		return Python{}, fmt.Errorf("%s does not work: %w", path, err)
	}
	python := Python{Path: path}
	if err := json.Unmarshal(out, &python); err != nil {
		return Python{}, fmt.Errorf("%s answers strangely: %w", path, err)
	}
	return python, nil
}

// SysPrefix returns the prefix of the active Python environment: the virtual
// environment of the shell, else that of python3 itself.
func (h Host) SysPrefix(ctx context.Context) (string, error) {
	if prefix := h.activePrefix(); prefix != "" {
		return prefix, nil
	}
	path := h.LookPath("python3")
	if path == "" {
		return "", &Trouble{
			What: "There is no active Python environment, and no python3 whose installation could be used.",
			Fix:  []string{"gosched install --user", "or activate an environment first: . path/to/env/bin/activate"},
		}
	}
	python, err := h.ProbePython(ctx, path)
	if err != nil {
		return "", err
	}
	return python.Prefix, nil
}

// FindPython returns the first Python on PATH that can make the private
// JupyterLab environment, or a Trouble that says why there is none.
// $GOSCHED_PYTHON names one to use instead.
func (h Host) FindPython(ctx context.Context) (Python, error) {
	if path := h.Getenv("GOSCHED_PYTHON"); path != "" {
		python, err := h.ProbePython(ctx, path)
		if err != nil {
			return python, &Trouble{
				What: fmt.Sprintf("GOSCHED_PYTHON names a Python that cannot be used: %v.", err),
				Fix:  []string{"unset GOSCHED_PYTHON"},
			}
		}
		return python, h.usable([]Python{python})
	}
	var seen []Python
	var paths []string
	for _, name := range []string{"python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"} {
		paths = append(paths, h.LookPath(name))
	}
	// The first on PATH may be one that a person has made and that has less.
	paths = append(paths, h.systemPython())
	for _, path := range paths {
		if path == "" {
			continue
		}
		python, err := h.ProbePython(ctx, path)
		if err != nil {
			continue // such as pyenv's shim of a version that is not selected
		}
		if h.makesEnvironments(python) {
			return python, nil
		}
		seen = append(seen, python)
	}
	return Python{}, h.usable(seen)
}

// systemPython is the Python of the system's packages, or "" where PATH has
// nothing of the system's.
func (h Host) systemPython() string {
	for _, dir := range filepath.SplitList(h.Getenv("PATH")) {
		if dir == "/usr/bin" && isExecutable("/usr/bin/python3") {
			return "/usr/bin/python3"
		}
	}
	return ""
}

// makesEnvironments says whether a private environment can be made for the
// Python: by itself, or by uv.
func (h Host) makesEnvironments(p Python) bool {
	return p.NewEnough() && (p.CanVenv || h.uv() != "")
}

// uv is the installer that makes environments without the venv module, and
// faster; "" if it is not there.
func (h Host) uv() string { return h.LookPath("uv") }

// PreparePython is FindPython that installs what is missing where that may be
// done without asking. It tells what it does, in a line.
func (h Host) PreparePython(ctx context.Context, tell func(string)) (Python, error) {
	python, err := h.FindPython(ctx)
	if err == nil || !h.MayInstall() || h.Getenv("GOSCHED_PYTHON") != "" {
		return python, err
	}
	needed := []string{"python3", "python3-venv"}
	tell("installing the Debian packages " + strings.Join(needed, " and "))
	if failure := h.InstallPackages(ctx, needed); failure != nil {
		tell(failure.Error())
		return python, err
	}
	return h.FindPython(ctx)
}

// usable explains why none of the Pythons can make the environment; it returns
// nil if the first one can.
func (h Host) usable(seen []Python) error {
	if len(seen) == 0 {
		return &Trouble{
			What: fmt.Sprintf("JupyterLab needs Python 3.%d or newer, and there is no Python here.", OldestPython),
			Fix:  []string{h.packageCommand("python3 python3-venv", "python3", "python3", "python", "python3")},
		}
	}
	if h.makesEnvironments(seen[0]) {
		return nil
	}
	var versions []string
	for _, python := range seen {
		if python.NewEnough() {
			pkg := "python3-venv"
			if python.Path != "/usr/bin/python3" {
				pkg = fmt.Sprintf("python%d.%d-venv", python.Major, python.Minor)
			}
			return &Trouble{
				What: fmt.Sprintf("Python %s (%s) has no venv module, which makes private environments.", python.Version, python.Path),
				Fix:  []string{h.packageCommand(pkg, "python3", "python3", "python", "python3")},
			}
		}
		versions = append(versions, fmt.Sprintf("%s (%s)", python.Version, python.Path))
	}
	return &Trouble{
		What: fmt.Sprintf("JupyterLab needs Python 3.%d or newer; here is only Python %s.", OldestPython, strings.Join(versions, ", ")),
		Fix: []string{
			"install a newer Python: https://www.python.org/downloads/",
			"or, where it is already: GOSCHED_PYTHON=/path/to/python3 gosched lab",
		},
	}
}

// pythonEnviron is the environment for an interpreter that must not be led
// astray by settings for another one.
func (h Host) pythonEnviron(extra ...string) []string {
	var environ []string
	for _, entry := range h.Environ {
		switch key, _, _ := strings.Cut(entry, "="); key {
		case "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__",
			"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV":
		default:
			environ = append(environ, entry)
		}
	}
	return append(append(environ, "PYTHONNOUSERSITE=1"), extra...)
}
