package main

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// panel lints and tests the side panel for JupyterLab, builds it from its sources,
// and compares that with what gosched carries along. It does so in a copy, as others
// compile what gosched carries along meanwhile.
func panel(ctx context.Context, t *tree) (result tally, err error) {
	if reason := t.lacks("npm", "python3", "python3-venv"); reason != "" {
		result.skip("panel", reason)
		return result, nil
	}
	carried, err := contents(t.path("install", "labextension"))
	if err != nil {
		return result, err
	}
	sources, built, err := t.copyPanel()
	if err != nil {
		return result, fmt.Errorf("copy the sources of the panel: %w", err)
	}
	npm := func(args ...string) error {
		cmd := t.command(ctx, "npm", args...)
		cmd.Dir = sources
		return cmd.Run()
	}
	if err := npm("ci", "--no-audit", "--no-fund", "--ignore-scripts"); err != nil {
		return result, fmt.Errorf("get what the panel is built with: %w", err)
	}
	for _, name := range []string{"lint", "test"} {
		if err := npm("run", name); err != nil {
			fmt.Fprintf(t.out, "npm run %s, in labextension: %v\n", name, err)
			result.fail("panel " + name)
			continue
		}
		result.pass()
	}
	if err := t.command(ctx, filepath.Join(sources, "build"), t.env.Bin("python")).Run(); err != nil {
		return result, fmt.Errorf("build the panel: %w", err)
	}
	anew, err := contents(built)
	if err != nil {
		return result, err
	}
	if !maps.Equal(anywhere(carried), anywhere(anew)) {
		fmt.Fprintf(t.out, "install/labextension is %v, and built from its sources it is %v\n",
			slices.Sorted(maps.Keys(carried)), slices.Sorted(maps.Keys(anew)))
		result.fail("panel build")
		return result, nil
	}
	result.pass()
	return result, nil
}

// copyPanel copies the sources of the panel, and returns where they are and where the
// panel is once it is built of them.
func (t *tree) copyPanel() (sources, built string, err error) {
	copied := t.path(".test", "panel")
	sources, built = filepath.Join(copied, "labextension"), filepath.Join(copied, "install", "labextension")
	if err := os.RemoveAll(copied); err != nil {
		return "", "", err
	}
	if err := os.MkdirAll(filepath.Dir(built), 0o755); err != nil {
		return "", "", err
	}
	return sources, built, os.CopyFS(sources, onlySources{os.DirFS(t.path("labextension"))})
}

// onlySources is a folder without what was made in it before.
type onlySources struct{ fs.FS }

func (s onlySources) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	made := func(e fs.DirEntry) bool { return e.Name() == "node_modules" || e.Name() == "lib" }
	return slices.DeleteFunc(entries, made), err
}

// anywhere is what the files are wherever they are built. Webpack numbers modules by
// the path of the folder and names scripts by hashes of what has such numbers, and the
// entry, which is webpack's own code, is made short in another way for other numbers.
func anywhere(files map[string]string) map[string]string {
	same := map[string]string{}
	for path, content := range files {
		content = hash.ReplaceAllString(content, "HASH")
		switch {
		case strings.Contains(path, "/remoteEntry."):
			path, content = "entry", ""
		case hash.MatchString(path):
			content = number.ReplaceAllString(content, "N")
			path = "script " + content
		}
		same[path] = content
	}
	return same
}

var (
	hash   = regexp.MustCompile(`\b[0-9a-f]{20}\b`)
	number = regexp.MustCompile(`\b[0-9]{2,4}\b`)
)

// contents are the files of a folder.
func contents(dir string) (map[string]string, error) {
	files := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the panel: %w", err)
	}
	return files, nil
}
