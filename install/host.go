package install

import (
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
)

// A Host is the machine as one process sees it.
type Host struct {
	OS      string   // as runtime.GOOS
	Environ []string // "KEY=value"; a later entry wins
	Root    bool     // the process may do everything
}

// ThisHost is the machine that the process runs on.
func ThisHost() Host { return Host{OS: runtime.GOOS, Environ: os.Environ(), Root: os.Geteuid() == 0} }

// Getenv returns the value of an environment variable, or "".
func (h Host) Getenv(key string) string {
	for i := len(h.Environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(h.Environ[i], key+"="); ok {
			return value
		}
	}
	return ""
}

// Home returns the home directory with symbolic links resolved, as Jupyter
// does it.
func (h Host) Home() string {
	home := h.Getenv("HOME")
	if home == "" {
		if u, err := user.Current(); err == nil {
			home = u.HomeDir
		}
	}
	if resolved, err := filepath.EvalSymlinks(home); err == nil {
		return resolved
	}
	return home
}

// CacheDir is where gosched keeps what it can make again.
func (h Host) CacheDir() string {
	if dir := h.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) && h.OS != "darwin" {
		return filepath.Join(dir, "gosched")
	}
	if h.OS == "darwin" {
		return filepath.Join(h.Home(), "Library", "Caches", "gosched")
	}
	return filepath.Join(h.Home(), ".cache", "gosched")
}

// LookPath finds a command on the host's PATH; it returns "" if there is none.
func (h Host) LookPath(name string) string {
	for _, dir := range filepath.SplitList(h.Getenv("PATH")) {
		if path := filepath.Join(dir, name); filepath.IsAbs(path) && isExecutable(path) {
			return path
		}
	}
	return ""
}

// Supported returns a Trouble where gosched cannot work at all.
func (h Host) Supported() error {
	if h.OS == "windows" {
		return &Trouble{
			What: "gosched does not run on Windows itself; it runs in the Windows Subsystem for Linux.",
			Fix:  []string{"wsl --install", "and then, in the Linux shell, the same gosched command"},
		}
	}
	return nil
}

// packageCommand is the command that installs a system package here. The
// packages are the names in Debian, Fedora, Alpine, Arch and Homebrew.
func (h Host) packageCommand(debian, fedora, alpine, arch, brew string) string {
	if h.OS == "darwin" {
		return "brew install " + brew
	}
	sudo := "sudo "
	if h.LookPath("sudo") == "" {
		sudo = "" // a container, mostly
	}
	for _, manager := range []struct{ command, install, pkg string }{
		{"apt-get", "apt-get install ", debian},
		{"dnf", "dnf install ", fedora},
		{"apk", "apk add ", alpine},
		{"pacman", "pacman -S ", arch},
	} {
		if h.LookPath(manager.command) != "" {
			return sudo + manager.install + manager.pkg
		}
	}
	return "install the package " + debian + " with your system's package manager"
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
