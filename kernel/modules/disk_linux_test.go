package modules

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

// smallDisk is the environment variable that has a test run in a child process,
// where it can mount a disk of its own.
const smallDisk = "GOSCHED_TEST_SMALL_DISK"

const pages = 64 // of the disk

// mountSmall runs the calling test once more, in namespaces of its own, and there
// returns the folder of a small disk. Elsewhere ok is false and the test is over.
func mountSmall(t *testing.T) (dir string, ok bool) {
	if os.Getenv(smallDisk) != "" {
		dir := t.TempDir()
		size := "size=" + strconv.Itoa(pages*os.Getpagesize())
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, size); err != nil {
			t.Fatalf("no disk can be mounted: %v", err)
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Error(err)
			}
		})
		return dir, true
	}
	child := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		return cmd
	}
	if out, err := child("mount", "-t", "tmpfs", "none", t.TempDir()).CombinedOutput(); err != nil {
		testenv.Skip(t, "no small disk can be mounted here: %v %s", err, out)
	}
	cmd := child(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), smallDisk+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("on a small disk: %v\n%s", err, out)
	}
	return "", false
}

// fill leaves a number of pages of a disk.
func fill(t *testing.T, file string, free int) {
	t.Helper()
	err := os.WriteFile(file, make([]byte, (pages+1)*os.Getpagesize()), 0o666)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	fi, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, fi.Size()-int64(free*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
}

// contents reads a folder's files, without locks.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	w := &world{t: t, env: Env{ModCache: dir}}
	for _, name := range w.tree() {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	return files
}

// TestFullDisk has less and less in the way, page by page, until modules fit: a
// failure says so, leaves nothing half-written, and the next try succeeds.
func TestFullDisk(t *testing.T) {
	disk, ok := mountSmall(t)
	if !ok {
		return
	}
	const query = "example.com/mid@v1.0.0"
	w := newWorld(t)
	w.get(query)
	whole := contents(t, w.env.ModCache)

	w.env.ModCache = filepath.Join(disk, "mod")
	filler := filepath.Join(disk, "filler")
	failures := 0
	for free := 0; ; free++ {
		if free == pages {
			t.Fatal("the modules never fit")
		}
		w.emptyCache()
		w.reopen()
		fill(t, filler, free)
		_, err := w.tryGet(query)
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if err == nil {
			break
		}
		failures++
		says(t, err, "the disk is full")
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("with %d pages, more than a line is said: %v", free, err)
		}
		if len(w.s.asked)+len(w.s.roots) != 0 {
			t.Errorf("with %d pages the session has %v", free, w.s.roots)
		}
		left := contents(t, w.env.ModCache)
		for name, data := range left {
			if was, ok := whole[name]; !ok || was != data {
				t.Errorf("with %d pages %s is left, with %d of %d bytes", free, name, len(data), len(was))
			}
		}
		w.get(query) // in the same session
		if !maps.Equal(contents(t, w.env.ModCache), whole) {
			t.Errorf("after %d pages, the cache has %v", free, w.tree())
		}
		w.constant("example.com/leaf", "Version")
	}
	if failures < 8 {
		t.Errorf("the disk was full %d times", failures)
	}
}

// TestSaveOnFullDisk: go.mod is as it was.
func TestSaveOnFullDisk(t *testing.T) {
	disk, ok := mountSmall(t)
	if !ok {
		return
	}
	w := newWorld(t)
	w.dir = disk
	for _, was := range []string{"", "module m\n\ngo 1.24\n" + strings.Repeat("// "+strings.Repeat("x", 60)+"\n", os.Getpagesize()/64)} {
		if was != "" {
			w.write("go.mod", was)
		}
		w.reopen()
		w.get("example.com/mid@v1.0.0")
		filler := filepath.Join(disk, "filler")
		fill(t, filler, 0)
		_, err := w.s.Save(t.Context(), "m")
		says(t, err, "the disk is full")
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		now, err := os.ReadFile(filepath.Join(disk, "go.mod"))
		if string(now) != was || was == "" && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("go.mod has %d bytes, and had %d: %v", len(now), len(was), err)
		}
		if _, err := w.s.Save(t.Context(), "m"); err != nil {
			t.Error(err)
		}
		names := slices.Sorted(maps.Keys(contents(t, disk)))
		if !slices.Equal(names, []string{"go.mod", "go.sum"}) {
			t.Errorf("the folder has %v", names)
		}
		for _, name := range names {
			if err := os.Remove(filepath.Join(disk, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}
