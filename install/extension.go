package install

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The side panel for JupyterLab, built from its sources in the folder
// labextension of the repository.
//
//go:embed labextension
var extension embed.FS

// extensionName is what JupyterLab knows the panel by.
const extensionName = "gosched-panel"

// installExtension puts the panel into a Jupyter data directory, in the place of
// an older one.
func installExtension(data string) (err error) {
	dir := filepath.Join(data, "labextensions", extensionName)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("make the directory of JupyterLab's extensions: %w", err)
	}
	temp, err := os.MkdirTemp(data, ".gosched-panel-")
	if err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	files, err := fs.Sub(extension, "labextension")
	if err != nil {
		return fmt.Errorf("find the panel: %w", err)
	}
	fresh := filepath.Join(temp, "new")
	if err := os.CopyFS(fresh, files); err != nil {
		return fmt.Errorf("write the panel for JupyterLab: %w", err)
	}
	if err := os.Chmod(fresh, 0o755); err != nil {
		return fmt.Errorf("write the panel for JupyterLab: %w", err)
	}
	for try := 0; ; try++ {
		err := swap(fresh, dir, temp)
		if !errors.Is(err, fs.ErrNotExist) || try == swapTries {
			return err
		}
		// An uninstall has come in between, and taken the directory with it.
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return fmt.Errorf("make the directory of JupyterLab's extensions: %w", err)
		}
	}
}

// removeExtension takes the panel away when none of gosched's kernels is left in
// a kernels directory.
func removeExtension(kernels string) (err error) {
	data := filepath.Dir(kernels)
	if len(Find([]string{data})) > 0 {
		return nil
	}
	dir := filepath.Join(data, "labextensions", extensionName)
	// In one step, as others may be installing.
	temp, err := os.MkdirTemp(data, ".gosched-panel-")
	if err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	if err := os.Rename(dir, filepath.Join(temp, "old")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the panel from JupyterLab: %w", err)
	}
	_ = os.Remove(filepath.Dir(dir)) // if it is empty now
	return nil
}
