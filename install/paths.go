package install

import (
	"path/filepath"
	"slices"
	"strings"
)

// UserDataDir is Jupyter's data directory of the user, by the rules of
// jupyter_core.paths.jupyter_data_dir.
func (h Host) UserDataDir() string {
	if dir := h.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir
	}
	if h.OS == "darwin" {
		if h.platformDirs() {
			return filepath.Join(h.Home(), "Library", "Application Support", "jupyter")
		}
		return filepath.Join(h.Home(), "Library", "Jupyter")
	}
	data := h.Getenv("XDG_DATA_HOME")
	if data == "" {
		data = filepath.Join(h.Home(), ".local", "share")
	}
	return filepath.Join(data, "jupyter")
}

// platformDirs says whether the user has asked Jupyter for the platform's own
// directories (jupyter_core.paths.use_platform_dirs).
func (h Host) platformDirs() bool {
	switch strings.ToLower(h.Getenv("JUPYTER_PLATFORM_DIRS")) {
	case "", "no", "n", "false", "off", "0", "0.0":
		return false
	}
	return true
}

// PrefixDataDir is Jupyter's data directory in a Python installation or
// virtual environment.
func PrefixDataDir(prefix string) string { return filepath.Join(prefix, "share", "jupyter") }

// KernelsDir is where a data directory keeps its kernelspecs.
func KernelsDir(dataDir string) string { return filepath.Join(dataDir, "kernels") }

// DataDirs lists every data directory that Jupyter may search, without
// repetitions. The Pythons are those whose Jupyter is meant; none is fine.
func (h Host) DataDirs(pythons ...Python) []string {
	var dirs []string
	add := func(dir string) {
		if dir != "" && !slices.Contains(dirs, filepath.Clean(dir)) {
			dirs = append(dirs, filepath.Clean(dir))
		}
	}
	for _, dir := range filepath.SplitList(h.Getenv("JUPYTER_PATH")) {
		add(dir)
	}
	add(h.UserDataDir())
	if prefix := h.activePrefix(); prefix != "" {
		add(PrefixDataDir(prefix))
	}
	for _, python := range pythons {
		if python.UserBase != "" {
			add(PrefixDataDir(python.UserBase))
		}
		add(PrefixDataDir(python.Prefix))
	}
	add("/usr/local/share/jupyter")
	add("/usr/share/jupyter")
	return dirs
}

// activePrefix is the virtual environment that the shell has activated.
func (h Host) activePrefix() string {
	if prefix := h.Getenv("VIRTUAL_ENV"); prefix != "" {
		return prefix
	}
	return h.Getenv("CONDA_PREFIX")
}
