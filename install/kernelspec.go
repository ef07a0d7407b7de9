package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// The name and the label that Jupyter knows the kernel by.
const (
	DefaultName        = "gosched"
	DefaultDisplayName = "Go (gosched)"

	// Those of the kernel that yaegi runs the cells of.
	YaegiName        = "gosched-yaegi"
	YaegiDisplayName = "Go (yaegi)"
)

// A Kernelspec says how Jupyter starts the kernel.
type Kernelspec struct {
	Name        string // directory name, and the kernel's name in notebooks
	DisplayName string
	Executable  string // absolute path of the gosched binary, or BesideKernelspec
	Version     string // of gosched, noted in the kernelspec
	Engine      string // to run cells with, or empty for the usual one
	// Keep puts a copy of the executable beside the kernelspec and starts
	// that one, because the original is about to vanish.
	Keep bool
}

// resourceDir is what Jupyter replaces in a kernelspec's command by the
// directory of the kernelspec.
const resourceDir = "{resource_dir}"

// BesideKernelspec is the executable of a kernelspec that is installed together
// with the program: PREFIX/bin/gosched for PREFIX/share/jupyter/kernels/NAME,
// wherever PREFIX is.
const BesideKernelspec = resourceDir + "/../../../../bin/gosched"

// kernelJSON is the content of kernel.json, in the order of
// https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs.
type kernelJSON struct {
	Argv            []string       `json:"argv"`
	DisplayName     string         `json:"display_name"`
	Language        string         `json:"language"`
	InterruptMode   string         `json:"interrupt_mode"`
	ProtocolVersion string         `json:"kernel_protocol_version"`
	Metadata        map[string]any `json:"metadata"`
}

// markKey is the key in a kernelspec's metadata that says that it is gosched's;
// its value is the version that wrote it.
const markKey = "gosched"

// keptExecutable is the name of the copied binary beside kernel.json.
const keptExecutable = "gosched"

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// ErrForeign means that a kernelspec of that name is there and is not
// gosched's.
var ErrForeign = errors.New("this kernelspec belongs to another kernel")

// Install writes the kernelspec into a kernels directory, with JupyterLab's panel
// beside it, and returns where.
// An older kernelspec of gosched's with that name is replaced as a whole; one
// of another kernel is left alone (ErrForeign).
func (k Kernelspec) Install(kernels string) (dir string, err error) {
	if !validName.MatchString(k.Name) {
		return "", fmt.Errorf("%q cannot be a kernel's name: use letters, digits, '-', '.' and '_'", k.Name)
	}
	dir, err = filepath.Abs(filepath.Join(kernels, strings.ToLower(k.Name)))
	if err != nil {
		return "", err
	}
	if err := checkOurs(dir); err != nil {
		return "", err
	}
	// Jupyter lists what is in kernels/ at any time: build beside it.
	data := filepath.Dir(filepath.Dir(dir))
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", fmt.Errorf("make the kernels directory: %w", err)
	}
	temp, err := os.MkdirTemp(data, ".gosched-install-")
	if err != nil {
		return "", fmt.Errorf("make a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	fresh := filepath.Join(temp, "new")
	if err := k.fill(fresh, dir); err != nil {
		return "", err
	}
	if err := swap(fresh, dir, temp); err != nil {
		return "", err
	}
	if err := installExtension(data); err != nil {
		return "", err
	}
	return dir, nil
}

// swapTries is how often another install or uninstall may come in between.
const swapTries = 100

// swap puts a directory in the place of another, which goes to temp. Others may
// do the same at the same time; the last one stays.
func swap(fresh, dir, temp string) error {
	for try := 0; ; try++ {
		old := filepath.Join(temp, fmt.Sprintf("old-%d", try))
		if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replace the old kernelspec: %w", err)
		}
		err := os.Rename(fresh, dir)
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrExist) || try == swapTries {
			os.Rename(old, dir) // best effort: the older one is better than none
			return fmt.Errorf("put the kernelspec in its place: %w", err)
		}
	}
}

// fill writes the files of a kernelspec that will be moved to final.
func (k Kernelspec) fill(dir, final string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	executable := k.Executable
	if k.Keep {
		executable = filepath.Join(final, keptExecutable)
		if err := copyFile(k.Executable, filepath.Join(dir, keptExecutable), 0o755); err != nil {
			return fmt.Errorf("keep a copy of the gosched binary: %w", err)
		}
	}
	argv := []string{executable, "kernel", "{connection_file}"}
	if k.Engine != "" {
		argv = []string{executable, "kernel", "--engine", k.Engine, "{connection_file}"}
	}
	spec, err := json.MarshalIndent(kernelJSON{
		Argv:            argv,
		DisplayName:     k.DisplayName,
		Language:        "go",
		InterruptMode:   "message",
		ProtocolVersion: "5.5",
		Metadata: map[string]any{
			"debugger":             false,
			"supported_features":   []string{"kernel subshells"},
			"supported_encryption": []string{"curve"}, // asked for by KernelManager.transport_encryption
			markKey:                k.Version,
		},
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), append(spec, '\n'), 0o644); err != nil {
		return err
	}
	from := "logo"
	if k.Engine == "yaegi" {
		from = "logo/yaegi"
	}
	return fs.WalkDir(logos, from, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && name != from {
			return fs.SkipDir // another engine's
		}
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := logos.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, path.Base(name)), content, 0o644)
	})
}

// Installed is a kernelspec that was found.
type Installed struct {
	Name       string
	Dir        string
	Executable string
	Version    string
}

// Vanished says that the binary that the kernelspec starts is not there.
func (i Installed) Vanished() bool { return !isExecutable(i.Executable) }

// Find lists gosched's kernelspecs in the given data directories, in their
// order. Those of other kernels, and what cannot be read, are not listed.
func Find(dataDirs []string) []Installed {
	var found []Installed
	for _, data := range dataDirs {
		entries, err := os.ReadDir(KernelsDir(data))
		if err != nil {
			continue
		}
		for _, entry := range entries {
			dir := filepath.Join(KernelsDir(data), entry.Name())
			if spec, err := readSpec(dir); err == nil && spec.ours() {
				version, _ := spec.Metadata[markKey].(string)
				executable := spec.Argv[0]
				if strings.HasPrefix(executable, resourceDir) {
					executable = filepath.Clean(strings.Replace(executable, resourceDir, dir, 1))
				}
				found = append(found, Installed{Name: entry.Name(), Dir: dir, Executable: executable, Version: version})
			}
		}
	}
	return found
}

// Remove deletes gosched's kernelspec of that name from a kernels directory.
// It returns fs.ErrNotExist where there is none and ErrForeign for another
// kernel's.
func Remove(kernels, name string) (dir string, err error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("%q cannot be a kernel's name", name)
	}
	dir = filepath.Join(kernels, strings.ToLower(name))
	if _, err := os.Lstat(dir); err != nil {
		return dir, err
	}
	if err := checkOurs(dir); err != nil {
		return dir, err
	}
	defer func() {
		if err == nil {
			err = removeExtension(kernels)
		}
	}()
	if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return dir, os.Remove(dir)
	}
	// In one step, so that nobody meets half a kernelspec.
	temp, err := os.MkdirTemp(filepath.Dir(kernels), ".gosched-uninstall-")
	if err != nil {
		return dir, fmt.Errorf("make a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	return dir, os.Rename(dir, filepath.Join(temp, "old"))
}

// checkOurs returns ErrForeign if dir holds anything but a kernelspec of
// gosched's.
func checkOurs(dir string) error {
	for try := 0; ; try++ {
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) || (err == nil && len(entries) == 0) {
			return nil
		}
		if err != nil {
			return err
		}
		spec, err := readSpec(dir)
		if errors.Is(err, fs.ErrNotExist) && try < swapTries {
			continue // another install or uninstall may have come in between
		}
		if err != nil || !spec.ours() {
			return fmt.Errorf("%s: %w", dir, ErrForeign)
		}
		return nil
	}
}

func readSpec(dir string) (kernelJSON, error) {
	var spec kernelJSON
	content, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		return spec, err
	}
	if err := json.Unmarshal(content, &spec); err != nil {
		return spec, fmt.Errorf("%s: %w", dir, err)
	}
	return spec, nil
}

// ours recognises a kernelspec of gosched's under whatever name.
func (s kernelJSON) ours() bool {
	_, marked := s.Metadata[markKey]
	return marked && len(s.Argv) > 0
}
