package install

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Lab is the private JupyterLab environment, below the user's cache directory
// and named after its lock, so that another gosched with another lock has its
// own. $GOSCHED_LAB_DIR puts it elsewhere.
type Lab struct {
	Environment
	host Host
	lock *fileLock
}

// labPrefix begins the names of the environments in the cache directory.
const labPrefix = "lab-"

// LabEnvironment says where the private environment is or will be.
func (h Host) LabEnvironment() Environment {
	env := Environment{Dir: h.Getenv("GOSCHED_LAB_DIR"), Requirements: Requirements}
	if env.Dir == "" {
		env.Dir = filepath.Join(h.CacheDir(), labPrefix+env.Hash()[:12])
	}
	return env
}

// A Listener is told what happens while a person waits.
type Listener struct {
	Progress func(string) // a few words, now and then, about what goes on
	Say      func(string) // a line that the person must see
}

// OpenLab makes the private environment if it is not there, puts the kernel
// into it, and holds it until Close. Environments of older locks that nobody
// uses are removed.
func (h Host) OpenLab(ctx context.Context, kernel Kernelspec, listener Listener) (lab *Lab, err error) {
	if err := h.Supported(); err != nil {
		return nil, err
	}
	env := h.LabEnvironment()
	if env.Dir, err = filepath.Abs(env.Dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(env.Dir), 0o755); err != nil {
		return nil, fmt.Errorf("make the private environment: %w", err)
	}
	lab = &Lab{Environment: env, host: h}
	if err := lab.hold(ctx, listener); err != nil {
		return nil, err
	}
	if err := lab.addKernel(ctx, kernel); err != nil {
		lab.Close()
		return nil, err
	}
	lab.removeOlder()
	return lab, nil
}

// hold takes a shared lock on the environment, having made it if need be.
func (l *Lab) hold(ctx context.Context, listener Listener) (err error) {
	waiting := func() { listener.Progress("waiting for another gosched") }
	lockPath := l.Dir + ".lock"
	if l.lock, err = lockFile(ctx, lockPath, shared, waiting); err != nil {
		return fmt.Errorf("hold the private environment: %w", err)
	}
	if l.Ready() {
		return nil
	}
	l.Close()
	if l.lock, err = lockFile(ctx, lockPath, alone, waiting); err != nil {
		return fmt.Errorf("hold the private environment: %w", err)
	}
	if !l.Ready() { // else another process has made it meanwhile
		python, err := l.host.PreparePython(ctx, listener.Say)
		if err == nil {
			err = l.Make(ctx, l.host, python, listener.Progress)
		}
		if err != nil {
			l.Close()
			return err
		}
	}
	if err := l.lock.change(shared); err != nil {
		l.Close()
		return fmt.Errorf("hold the private environment: %w", err)
	}
	return nil
}

// AddKernel installs another kernel into the environment, beside the one that
// it was opened with.
func (l *Lab) AddKernel(ctx context.Context, kernel Kernelspec) error {
	lock, err := lockFile(ctx, filepath.Join(l.Dir, "kernel.lock"), alone, func() {})
	if err != nil {
		return fmt.Errorf("hold the private environment: %w", err)
	}
	defer lock.close()
	if _, err := kernel.Install(KernelsDir(PrefixDataDir(l.Dir))); err != nil {
		return fmt.Errorf("install the kernel %s into the private environment: %w", kernel.Name, err)
	}
	return nil
}

// addKernel puts the kernel and its settings into the environment.
func (l *Lab) addKernel(ctx context.Context, kernel Kernelspec) error {
	lock, err := lockFile(ctx, filepath.Join(l.Dir, "kernel.lock"), alone, func() {})
	if err != nil {
		return fmt.Errorf("hold the private environment: %w", err)
	}
	defer lock.close()
	// The kernel is whatever gosched opens the lab now.
	if _, err := kernel.Install(KernelsDir(PrefixDataDir(l.Dir))); err != nil {
		return fmt.Errorf("install the kernel into the private environment: %w", err)
	}
	if err := writeJSON(filepath.Join(l.Dir, "etc", "jupyter", "jupyter_server_config.json"), map[string]any{
		"MultiKernelManager": map[string]any{"default_kernel_name": kernel.Name},
	}); err != nil {
		return err
	}
	overrides := filepath.Join(l.Dir, "share", "jupyter", "lab", "settings", "overrides.json")
	if err := os.MkdirAll(filepath.Dir(overrides), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(overrides, labSettings, 0o644); err != nil {
		return err
	}
	return l.addScript()
}

// Environ is the environment variables for commands of the lab: its own
// Jupyter and kernel come before any other's.
func (l *Lab) Environ() []string {
	jupyterPath := PrefixDataDir(l.Dir)
	if more := l.host.Getenv("JUPYTER_PATH"); more != "" {
		jupyterPath += string(os.PathListSeparator) + more
	}
	return l.host.pythonEnviron(
		"VIRTUAL_ENV="+l.Dir,
		"PATH="+filepath.Join(l.Dir, "bin")+string(os.PathListSeparator)+l.host.Getenv("PATH"),
		"JUPYTER_PREFER_ENV_PATH=1",
		"JUPYTER_PATH="+jupyterPath,
	)
}

// Close lets go of the environment.
func (l *Lab) Close() error { return l.lock.close() }

// removeOlder deletes environments of other locks that nobody holds. What
// cannot be deleted is left for the next time.
func (l *Lab) removeOlder() {
	if filepath.Dir(l.Dir) != l.host.CacheDir() {
		return
	}
	entries, err := os.ReadDir(l.host.CacheDir())
	if err != nil {
		return
	}
	for _, entry := range entries {
		dir := filepath.Join(l.host.CacheDir(), entry.Name())
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), labPrefix) || dir == l.Dir {
			continue
		}
		lock, err := tryLockFile(dir+".lock", alone)
		if err != nil {
			continue
		}
		if os.RemoveAll(dir) == nil {
			os.Remove(dir + ".lock")
		}
		lock.close()
	}
}

func writeJSON(path string, value any) error {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(content, '\n'), 0o644)
}
