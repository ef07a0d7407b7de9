package install

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// testHost is a machine with an empty home directory and only the given
// commands, which are shell scripts.
func testHost(t *testing.T, commands map[string]string, environ ...string) Host {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(root, "bin")
	home := filepath.Join(root, "home")
	for _, dir := range []string{bin, home} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range commands {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return Host{OS: "linux", Environ: append([]string{"HOME=" + home, "PATH=" + bin}, environ...)}
}

// Expected values follow jupyter_core.paths.
func TestUserDataDir(t *testing.T) {
	tests := []struct {
		name    string
		os      string
		environ []string
		want    string // below the home directory unless absolute
	}{
		{"linux", "linux", nil, ".local/share/jupyter"},
		{"linux with XDG", "linux", []string{"XDG_DATA_HOME=/xdg"}, "/xdg/jupyter"},
		{"linux with platform dirs", "linux", []string{"JUPYTER_PLATFORM_DIRS=1"}, ".local/share/jupyter"},
		{"macOS", "darwin", []string{"XDG_DATA_HOME=/xdg"}, "Library/Jupyter"},
		{"macOS with platform dirs", "darwin", []string{"JUPYTER_PLATFORM_DIRS=true"}, "Library/Application Support/jupyter"},
		{"macOS with platform dirs off", "darwin", []string{"JUPYTER_PLATFORM_DIRS=0"}, "Library/Jupyter"},
		{"told by the user", "darwin", []string{"JUPYTER_DATA_DIR=/data"}, "/data"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := testHost(t, nil, tt.environ...)
			h.OS = tt.os
			want := tt.want
			if !filepath.IsAbs(want) {
				want = filepath.Join(h.Home(), want)
			}
			if got := h.UserDataDir(); got != want {
				t.Errorf("UserDataDir() = %q, want %q", got, want)
			}
		})
	}
}

func TestHomeIsResolved(t *testing.T) {
	target := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	want, err := filepath.EvalSymlinks(target)
	if err != nil {
		t.Fatal(err)
	}
	if got := (Host{OS: "linux", Environ: []string{"HOME=" + link}}).Home(); got != want {
		t.Errorf("Home() = %q, want %q", got, want)
	}
}

func TestDataDirsHasNoRepetitions(t *testing.T) {
	h := testHost(t, nil, "JUPYTER_PATH=/a:/b", "VIRTUAL_ENV=/env")
	got := h.DataDirs(Python{Prefix: "/env", UserBase: "/base"}, Python{Prefix: "/usr"})
	want := []string{
		"/a", "/b", h.UserDataDir(), "/env/share/jupyter", "/base/share/jupyter",
		"/usr/share/jupyter", "/usr/local/share/jupyter",
	}
	if len(got) != len(want) {
		t.Fatalf("DataDirs() = %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("DataDirs()[%d] = %q, want %q", i, got[i], want[i])
		}
	}
}

func TestTransient(t *testing.T) {
	hash := "79b2f60312e35d932f348d35922738a66e128471862e9a5ea759d38c7279c6aa"
	for path, want := range map[string]bool{
		"/tmp/go-build2759208688/b001/exe/gosched":                true,
		"/home/ada/.cache/go-build/79/" + hash + "-d/gosched":     true,
		"/elsewhere/cache/79/" + hash + "-d/gosched":              true,
		"/home/ada/go/bin/gosched":                                false,
		"/usr/local/bin/gosched":                                  false,
		"/home/ada/.local/share/jupyter/kernels/gosched/gosched":  false,
		"/home/ada/src/go-builder/gosched":                        true, // a needless copy does no harm
		"/tmp/go-build1/b001/gosched.test":                        true,
		"/home/ada/.cache/gosched/lab-0123456789ab/share/gosched": false,
	} {
		if got := Transient(path); got != want {
			t.Errorf("Transient(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestWindowsIsRefusedPlainly(t *testing.T) {
	if err := (Host{OS: "windows"}).Supported(); err == nil {
		t.Error("Windows is called supported")
	}
	for _, os := range []string{"linux", "darwin"} {
		if err := (Host{OS: os}).Supported(); err != nil {
			t.Errorf("%s: %v", os, err)
		}
	}
}

func TestCacheDir(t *testing.T) {
	for _, tt := range []struct {
		os      string
		environ []string
		want    string // below the home directory unless absolute
	}{
		{"linux", nil, ".cache/gosched"},
		{"linux", []string{"XDG_CACHE_HOME=/cache"}, "/cache/gosched"},
		{"linux", []string{"XDG_CACHE_HOME=relative"}, ".cache/gosched"},
		{"darwin", []string{"XDG_CACHE_HOME=/cache"}, "Library/Caches/gosched"},
	} {
		h := testHost(t, nil, tt.environ...)
		h.OS = tt.os
		want := tt.want
		if !filepath.IsAbs(want) {
			want = filepath.Join(h.Home(), want)
		}
		if got := h.CacheDir(); got != want {
			t.Errorf("%s with %q: %s, want %s", tt.os, tt.environ, got, want)
		}
	}
}

// Without $HOME there is still a home, and one that is not there is not resolved.
func TestHomeWithoutEnvironment(t *testing.T) {
	if got := (Host{OS: "linux"}).Home(); !filepath.IsAbs(got) {
		t.Errorf("the home is %q", got)
	}
	if got := (Host{OS: "linux", Environ: []string{"HOME=/no/such/home"}}).Home(); got != "/no/such/home" {
		t.Errorf("the home is %q", got)
	}
	this := ThisHost()
	if this.OS != runtime.GOOS || this.Root != (os.Geteuid() == 0) || this.Getenv("PATH") != os.Getenv("PATH") {
		t.Errorf("this host is %s, root %v", this.OS, this.Root)
	}
}

func TestLookPath(t *testing.T) {
	h := testHost(t, map[string]string{"tool": ""})
	dir := h.Getenv("PATH")
	if err := os.WriteFile(filepath.Join(dir, "text"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	h.Environ = append(h.Environ, "PATH=relative:"+dir)
	for name, want := range map[string]string{"tool": filepath.Join(dir, "tool"), "text": "", "folder": "", "nothing": ""} {
		if got := h.LookPath(name); got != want {
			t.Errorf("%s is at %q, want %q", name, got, want)
		}
	}
}
