package install

import (
	"encoding/json"
	"errors"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

func fakeExecutable(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gosched")
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestContract18_InstallWritesTheKernelspec(t *testing.T) {
	data := filepath.Join(t.TempDir(), "share", "jupyter")
	k := Kernelspec{Name: "gosched", DisplayName: "Go (gosched)", Executable: fakeExecutable(t, "v1"), Version: "v1"}
	dir, err := k.Install(KernelsDir(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(data, "kernels", "gosched"); dir != want {
		t.Errorf("installed in %q, want %q", dir, want)
	}
	content, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Argv          []string
		DisplayName   string `json:"display_name"`
		Language      string
		InterruptMode string `json:"interrupt_mode"`
		Metadata      map[string]any
	}
	if err := json.Unmarshal(content, &spec); err != nil {
		t.Fatal(err)
	}
	if want := []string{k.Executable, "kernel", "{connection_file}"}; !slices.Equal(spec.Argv, want) {
		t.Errorf("argv %q, want %q", spec.Argv, want)
	}
	if spec.DisplayName != "Go (gosched)" || spec.Language != "go" || spec.InterruptMode != "message" {
		t.Errorf("kernel.json: %s", content)
	}
	if spec.Metadata["debugger"] != false {
		t.Errorf("metadata %v does not say that there is no debugger", spec.Metadata)
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if config, err := png.DecodeConfig(file); err != nil || config.Width != size || config.Height != size {
			t.Errorf("%s is %dx%d (%v)", name, config.Width, config.Height, err)
		}
	}
	if got := names(t, data); !slices.Equal(got, []string{"kernels", "labextensions"}) {
		t.Errorf("the data directory holds %q afterwards", got)
	}
}

func TestInstallAgainLeavesNothingStale(t *testing.T) {
	data := t.TempDir()
	first := Kernelspec{Name: "gosched", DisplayName: "old", Executable: fakeExecutable(t, "v1"), Version: "v1", Keep: true}
	dir, err := first.Install(KernelsDir(data))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "gosched")); err != nil || string(got) != "v1" {
		t.Fatalf("kept executable: %q, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "logo-old.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	second := Kernelspec{Name: "gosched", DisplayName: "new", Executable: fakeExecutable(t, "v2"), Version: "v2"}
	for range 2 {
		if _, err := second.Install(KernelsDir(data)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := names(t, dir), []string{"kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"}; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if got := names(t, data); !slices.Equal(got, []string{"kernels", "labextensions"}) {
		t.Errorf("the data directory holds %q afterwards", got)
	}
	found := Find([]string{data, filepath.Join(data, "nowhere")})
	if len(found) != 1 || found[0].Executable != second.Executable || found[0].Version != "v2" || found[0].Vanished() {
		t.Errorf("Find: %+v", found)
	}
	if err := os.Remove(second.Executable); err != nil {
		t.Fatal(err)
	}
	if found := Find([]string{data}); len(found) != 1 || !found[0].Vanished() {
		t.Errorf("Find after the binary has gone: %+v", found)
	}
	if _, err := Remove(KernelsDir(data), "gosched"); err != nil {
		t.Fatal(err)
	}
	if got := names(t, KernelsDir(data)); len(got) != 0 {
		t.Errorf("left after Remove: %q", got)
	}
	if _, err := Remove(KernelsDir(data), "gosched"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove twice: %v", err)
	}
}

func TestOtherKernelsAreLeftAlone(t *testing.T) {
	data := t.TempDir()
	python := filepath.Join(KernelsDir(data), "python3")
	if err := os.MkdirAll(python, 0o755); err != nil {
		t.Fatal(err)
	}
	spec := `{"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}`
	if err := os.WriteFile(filepath.Join(python, "kernel.json"), []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	k := Kernelspec{Name: "python3", Executable: fakeExecutable(t, "")}
	if _, err := k.Install(KernelsDir(data)); !errors.Is(err, ErrForeign) {
		t.Errorf("Install over python3: %v", err)
	}
	if _, err := Remove(KernelsDir(data), "python3"); !errors.Is(err, ErrForeign) {
		t.Errorf("Remove python3: %v", err)
	}
	if got, err := os.ReadFile(filepath.Join(python, "kernel.json")); err != nil || string(got) != spec {
		t.Errorf("python3's kernel.json is now %q (%v)", got, err)
	}
	if found := Find([]string{data}); len(found) != 0 {
		t.Errorf("Find lists %+v", found)
	}
}

func TestInvalidNames(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "-x", "go kernel", "gö"} {
		k := Kernelspec{Name: name, Executable: fakeExecutable(t, "")}
		if dir, err := k.Install(t.TempDir()); err == nil {
			t.Errorf("Install of %q went to %s", name, dir)
		}
		if dir, err := Remove(t.TempDir(), name); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Remove of %q: %s, %v", name, dir, err)
		}
	}
}

func TestInstallWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		// Root may write anywhere, so let a file stand where a directory must be.
		file := filepath.Join(t.TempDir(), "share")
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := (Kernelspec{Name: "gosched", Executable: "/x"}).Install(filepath.Join(file, "kernels")); err == nil {
			t.Error("no error")
		}
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := (Kernelspec{Name: "gosched", Executable: "/x"}).Install(filepath.Join(dir, "kernels")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v, want permission", err)
	}
}

func TestContract18_InstallsAndUninstallsAtOnce(t *testing.T) {
	kernels := KernelsDir(t.TempDir())
	kernel := testKernel(t)
	kernel.Keep = true
	if _, err := kernel.Install(kernels); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for range 10 {
				if i%4 == 3 {
					if _, err := Remove(kernels, kernel.Name); err != nil && !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("uninstall: %v", err)
					}
				} else if _, err := kernel.Install(kernels); err != nil {
					t.Errorf("install: %v", err)
				}
			}
		})
	}
	group.Wait()
	if _, err := kernel.Install(kernels); err != nil {
		t.Fatal(err)
	}
	data := filepath.Dir(kernels)
	if found := Find([]string{data}); len(found) != 1 || found[0].Vanished() {
		t.Errorf("kernelspecs at the end: %+v", found)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) != 2 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A kernelspec that comes with the program finds it wherever both are put.
func TestKernelspecBesideTheProgram(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), "env")
	data := filepath.Join(prefix, "share", "jupyter")
	k := Kernelspec{Name: DefaultName, DisplayName: DefaultDisplayName, Executable: BesideKernelspec}
	if _, err := k.Install(KernelsDir(data)); err != nil {
		t.Fatal(err)
	}
	moved := prefix + "-moved"
	if err := os.Rename(prefix, moved); err != nil {
		t.Fatal(err)
	}
	data = filepath.Join(moved, "share", "jupyter")
	program := filepath.Join(moved, "bin", "gosched")
	found := Find([]string{data})
	if len(found) != 1 || found[0].Executable != program || !found[0].Vanished() {
		t.Fatalf("found %+v", found)
	}
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if found := Find([]string{data}); found[0].Vanished() {
		t.Error("the program beside it counts as gone")
	}
}

// A kernelspec that is a link goes, and what it leads to stays.
func TestRemoveALink(t *testing.T) {
	data, elsewhere := t.TempDir(), t.TempDir()
	dir, err := testKernel(t).Install(KernelsDir(elsewhere))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(KernelsDir(data), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(KernelsDir(data), "gosched")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Remove(KernelsDir(data), "gosched"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(link); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the link is still there: %v", err)
	}
	if found := Find([]string{elsewhere}); len(found) != 1 {
		t.Errorf("what it led to is %+v", found)
	}
}

// A kernelspec that comes with the program finds it beside itself, wherever that is.
func TestBesideKernelspec(t *testing.T) {
	prefix := t.TempDir()
	k := testKernel(t)
	k.Executable = BesideKernelspec
	if _, err := k.Install(KernelsDir(PrefixDataDir(prefix))); err != nil {
		t.Fatal(err)
	}
	found := Find([]string{PrefixDataDir(prefix)})
	if want := filepath.Join(prefix, "bin", "gosched"); len(found) != 1 || found[0].Executable != want || !found[0].Vanished() {
		t.Errorf("found %+v, want %s, which is not there", found, want)
	}
}

// What is half there, or is none of Jupyter's, is neither listed nor taken away.
func TestBrokenKernelspecs(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "broken": "{", "marked": `{"metadata": {"gosched": "v1"}}`, "no kernel": ""} {
		data := t.TempDir()
		dir := filepath.Join(KernelsDir(data), "gosched")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "kernel.json")
		if name == "no kernel" {
			file = filepath.Join(dir, "notes.txt")
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if found := Find([]string{data}); len(found) != 0 {
			t.Errorf("%s: found %+v", name, found)
		}
		if _, err := testKernel(t).Install(KernelsDir(data)); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: installed over it: %v", name, err)
		}
		if _, err := Remove(KernelsDir(data), "gosched"); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: removed: %v", name, err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A copy is kept of a program that is there.
func TestKeepWhatIsNotThere(t *testing.T) {
	k := testKernel(t)
	k.Keep, k.Executable = true, filepath.Join(t.TempDir(), "gone")
	data := t.TempDir()
	if _, err := k.Install(KernelsDir(data)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
	if got := names(t, KernelsDir(data)); len(got) != 0 {
		t.Errorf("left is %q", got)
	}
}
