package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/session"
)

// checkTimeout bounds one look at another program.
const checkTimeout = 30 * time.Second

// oldestJupyterLab is the oldest major version in which everything works.
const oldestJupyterLab = 4

// program looks at gosched itself.
func (d *doctor) program() {
	v := version()
	path, err := d.executable()
	if err != nil {
		path = "somewhere that the system does not say"
	}
	d.fine("gosched %s for Go %s on %s: %s", v.Gosched, v.Go, v.Platform, path)
	if err := d.host.Supported(); err != nil {
		d.trouble(err)
	}
	if !d.leaks() {
		d.note(leakInstall()+"\ngosched install", "%%leaks finds only the goroutines that wait for a nil channel or an empty select, because this gosched was built without GOEXPERIMENT=%s. All else works.", leakExperiment)
	}
	data := d.host.UserDataDir()
	if err := writable(data); err != nil {
		d.wrong("sudo chown -R \"$(id -un)\" "+shellQuote(existing(data)), "You may not write into your Jupyter's data directory %s: %v", data, err)
	} else {
		d.fine("Your Jupyter's data directory can be written: %s", data)
	}
	d.kept()
}

// kept says where what published modules declare is kept from session to session.
func (d *doctor) kept() {
	switch dir, err := modules.CacheDir(); {
	case err != nil:
		d.note("", "Modules are checked anew by each session: %v", err)
	case dir == "":
		d.note("unset "+modules.CacheVariable, "Modules are checked anew by each session: %s is off.", modules.CacheVariable)
	default:
		if err := writable(dir); err != nil {
			d.note("", "Modules are checked anew by each session, because what they declare cannot be kept in %s: %v", dir, err)
			return
		}
		d.fine("What modules declare is kept for later sessions in %s", dir)
	}
}

// existing is the innermost directory of a path that is there.
func existing(dir string) string {
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

// writable says whether files can be made in a directory, which may have to be
// made itself.
func writable(dir string) error {
	file, err := os.CreateTemp(existing(dir), ".gosched-doctor-")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// cell runs a cell, as a kernel would.
func (d *doctor) cell(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	options, err := d.workerOptions("")
	if err != nil {
		d.wrong("unset GOSCHED_MEMORY_LIMIT", "%v", err)
		return
	}
	start := time.Now()
	cells, err := d.openSession(ctx, options)
	if err != nil {
		d.wrong("", "The process that runs cells does not start: %v", err)
		return
	}
	result := cells.Execute(ctx, session.Cell{ID: "doctor", Number: 1, Source: "1 + 1"}, discardSink{})
	took := time.Since(start).Round(time.Millisecond)
	closeErr := cells.Close()
	switch {
	case result.Failure != nil:
		d.wrong("", "A cell does not run: %v", result.Failure)
	case result.Value == nil || result.Value.Data["text/plain"] != "2":
		d.wrong("", "A cell with 1 + 1 answers %v.", result.Value)
	case closeErr != nil:
		d.wrong("", "The process that runs cells does not end: %v", closeErr)
	default:
		d.fine("A cell runs: 1 + 1 is 2, after %v.", took)
	}
}

// discardSink is for a cell that has nothing to tell.
type discardSink struct{}

func (discardSink) Emit(session.Event) {}
func (discardSink) Input(context.Context, string, bool) (string, error) {
	return "", errors.New("there is no input here")
}

// lab looks at the private environment and what could make it. It returns
// whether the environment is there.
func (d *doctor) lab(ctx context.Context) bool {
	env := d.host.LabEnvironment()
	if env.Ready() {
		d.fine("The private JupyterLab of `gosched lab` is there: %s", env.Dir)
		return true
	}
	if _, err := os.Stat(env.Dir); err == nil {
		d.note("gosched lab", "The private JupyterLab in %s is not complete; the next start makes it again.", env.Dir)
	}
	python, err := d.host.FindPython(ctx)
	if err != nil {
		d.trouble(err)
		return false
	}
	d.fine("Python %s can make a private JupyterLab: %s", python.Version, python.Path)
	return false
}

// A jupyterInstall is a jupyter command and what it says of itself.
type jupyterInstall struct {
	path    string
	lab     string   // version of JupyterLab, or ""
	data    []string // where it looks for kernels
	problem error
}

// jupyter looks at every Jupyter on the PATH and at the kernels they find.
func (d *doctor) jupyter(ctx context.Context, lab bool) {
	var found []jupyterInstall
	for _, path := range d.commands("jupyter") {
		found = append(found, d.ask(ctx, path))
	}
	if len(found) == 0 {
		if lab {
			d.note("", "There is no other Jupyter on your PATH, and `gosched lab` needs none.")
		} else {
			d.wrong("gosched lab", "There is no Jupyter on your PATH, and no private one yet.")
		}
	}
	dataDirs := d.host.DataDirs(d.pythons(ctx)...)
	for _, j := range found {
		switch {
		case j.problem != nil:
			d.wrong("python3 -m pip install --force-reinstall jupyterlab\nor leave it, and use: gosched lab", "%s does not work: %v", j.path, j.problem)
		case j.lab == "":
			d.note("", "Jupyter without JupyterLab: %s. The kernel works in whatever else you open notebooks with.", j.path)
		case majorVersion(j.lab) < oldestJupyterLab:
			d.wrong(pythonOf(j.path)+" -m pip install --upgrade 'jupyterlab>=4'\nor leave it, and use: gosched lab",
				"JupyterLab %s is too old; subshells and live output need %d or newer: %s", j.lab, oldestJupyterLab, j.path)
		default:
			d.fine("JupyterLab %s: %s", j.lab, j.path)
		}
		for _, dir := range j.data {
			if !slices.Contains(dataDirs, filepath.Clean(dir)) {
				dataDirs = append(dataDirs, filepath.Clean(dir))
			}
		}
	}
	d.kernelspecs(install.Find(dataDirs), len(found) > 0)
}

// pythons are the Pythons on the PATH whose Jupyter may be meant.
func (d *doctor) pythons(ctx context.Context) []install.Python {
	var pythons []install.Python
	for _, path := range d.commands("python3") {
		if python, err := d.host.ProbePython(ctx, path); err == nil {
			pythons = append(pythons, python)
		}
	}
	return pythons
}

// commands lists every command of that name on the PATH, each file once.
func (d *doctor) commands(name string) []string {
	var paths, files []string
	for _, dir := range filepath.SplitList(d.host.Getenv("PATH")) {
		host := d.host
		host.Environ = []string{"PATH=" + dir}
		path := host.LookPath(name)
		if path == "" {
			continue
		}
		file, err := filepath.EvalSymlinks(path)
		if err != nil || slices.Contains(files, file) {
			continue
		}
		paths, files = append(paths, path), append(files, file)
	}
	return paths
}

var labVersion = regexp.MustCompile(`(?m)^jupyterlab\s*:\s*(\d\S*)`)

// ask asks a jupyter command for its versions and paths.
func (d *doctor) ask(ctx context.Context, path string) jupyterInstall {
	j := jupyterInstall{path: path}
	versions, err := d.output(ctx, path, "--version")
	if err != nil {
		j.problem = err
		return j
	}
	if match := labVersion.FindSubmatch(versions); match != nil {
		j.lab = string(match[1])
	}
	if listed, err := d.output(ctx, path, "--paths", "--json"); err == nil {
		var paths struct{ Data []string }
		if json.Unmarshal(listed, &paths) == nil {
			j.data = paths.Data
		}
	}
	return j
}

// output runs a command and returns what it prints; the error has its last
// line of complaint.
func (d *doctor) output(ctx context.Context, name string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = d.host.Environ
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if complaint := bytes.TrimSpace(exit.Stderr); len(complaint) > 0 {
			return nil, fmt.Errorf("%s (%w)", complaint[bytes.LastIndexByte(complaint, '\n')+1:], err)
		}
	}
	return out, err
}

func majorVersion(version string) int {
	major, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(major) // no number is as good as old
	return n
}

// pythonOf is the Python that a script was installed for, by its first line.
func pythonOf(script string) string {
	content, err := os.ReadFile(script)
	if err == nil {
		first, _, _ := strings.Cut(string(content), "\n")
		if path, ok := strings.CutPrefix(first, "#!"); ok && filepath.IsAbs(path) && strings.Contains(filepath.Base(path), "python") {
			return shellQuote(path)
		}
	}
	return "python3"
}

// kernelspecs looks at what is installed of gosched.
func (d *doctor) kernelspecs(found []install.Installed, jupyter bool) {
	if len(found) == 0 && jupyter {
		d.wrong("gosched install", "The Go kernel is not installed in your Jupyter.")
	}
	byName := map[string]install.Installed{}
	for _, i := range found {
		again := "gosched install"
		flags, ok := d.flagsFor(i)
		if again += flags; !ok {
			again = d.removal(i) + " && gosched install"
		}
		first, double := byName[i.Name]
		switch {
		case i.Vanished():
			d.wrong(again, "The kernel in %s starts %s, which is not there any more.", i.Dir, i.Executable)
		case double && first.Executable != i.Executable:
			d.wrong(d.removal(i)+"\nor the other: "+d.removal(first),
				"The kernel %q is installed twice, with different programs: in %s and in %s. Which one starts depends on the Jupyter.", i.Name, first.Dir, i.Dir)
		case i.Version != version().Gosched:
			d.note(again, "The kernel in %s was installed by gosched %s; this is %s.", i.Dir, i.Version, version().Gosched)
		default:
			d.fine("The kernel %q is installed: %s", i.Name, i.Dir)
		}
		if !double {
			byName[i.Name] = i
		}
	}
}
