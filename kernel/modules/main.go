package modules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// A mainModule is one that is being worked on: the notebook lies in it, or a
// go.work file above the notebook uses it.
type mainModule struct {
	path string
	dir  string
	name string // of the go.mod file, which need not be in dir
	file *modfile.File
}

// A replacement is what a replace directive puts in the place of a module: one
// of another path or version, or, without a version, a folder.
type replacement struct {
	by   module.Version
	from string // the file that says so
}

// workspace is what go.mod and go.work files above a folder say.
type workspace struct {
	mains    []mainModule
	own      string // the kernel's version of Go, such as "1.26"
	goVer    string // that of the file, or the kernel's
	pruned   bool   // module graphs are, since go 1.17
	replaces map[module.Version]replacement
	excluded map[module.Version]bool
	sumFiles []string
	file     string // the go.mod or go.work file, or empty
	isWork   bool
	vendor   *vendored // from which packages come, or nil
}

// findWorkspace looks for what governs a folder. There need be nothing.
func findWorkspace(env Env, dir, ownVersion string) (*workspace, error) {
	w := &workspace{
		own: ownVersion, goVer: ownVersion, pruned: true,
		replaces: map[module.Version]replacement{}, excluded: map[module.Version]bool{},
	}
	if env.Work != "off" {
		file := env.Work
		if file == "" {
			file = above(dir, "go.work")
		}
		if file != "" {
			w.file, w.isWork = file, true
			if err := w.readWork(file); err != nil {
				return w, err
			}
			return w, w.findVendor(env.Mod)
		}
	}
	if file := above(dir, "go.mod"); file != "" {
		w.file = file
		if err := w.readMod(file, env.ModFile, true); err != nil {
			return w, err
		}
		return w, w.findVendor(env.Mod)
	}
	return w, nil
}

// above finds a file in a folder or in the nearest one above it. A go.mod where
// temporary files are is somebody's rest and counts for nothing, as for the go
// command.
func above(dir, name string) string {
	for {
		file := filepath.Join(dir, name)
		if fi, err := os.Stat(file); err == nil && !fi.IsDir() && !(name == "go.mod" && isTemp(dir)) {
			return file
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// isTemp reports whether a folder is the one for temporary files.
func isTemp(dir string) bool { return filepath.Clean(dir) == filepath.Clean(os.TempDir()) }

func (w *workspace) readWork(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return broken(file, err)
	}
	for _, u := range f.Use {
		dir := u.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), filepath.FromSlash(dir))
		}
		mod := filepath.Join(dir, "go.mod")
		if err := w.readMod(mod, "", false); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s uses %s, where no go.mod is; take the line out or add a go.mod", file, u.Path)
			}
			return err
		}
	}
	if f.Go != nil {
		w.goVer = f.Go.Version
	}
	w.pruned = true
	w.replace(f.Replace, filepath.Dir(file), file) // over those of go.mod files
	w.sumFiles = append(w.sumFiles, file+".sum")
	return nil
}

// readMod reads a go.mod file, or what -modfile of GOFLAGS has in its place.
func (w *workspace) readMod(file, instead string, alone bool) error {
	dir := filepath.Dir(file)
	if instead != "" {
		file = instead
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := modfile.Parse(file, data, nil)
	if err != nil {
		return broken(file, err)
	}
	if f.Module == nil {
		return fmt.Errorf("%s has no module line; the first line of a go.mod is `module PATH`", file)
	}
	if err := w.tooNew(goVersionOf(f)); err != nil {
		return fmt.Errorf("%s %w: install a gosched that is built with it", file, err)
	}
	w.mains = append(w.mains, mainModule{f.Module.Mod.Path, dir, file, f})
	if alone {
		w.goVer = goVersionOf(f)
		w.pruned = prunes(w.goVer)
	}
	w.replace(f.Replace, dir, file)
	for _, x := range f.Exclude {
		w.excluded[x.Mod] = true
	}
	w.sumFiles = append(w.sumFiles, sumFile(file))
	return nil
}

// sumFile is where the checksums are that belong to a go.mod file.
func sumFile(mod string) string { return strings.TrimSuffix(mod, ".mod") + ".sum" }

func (w *workspace) replace(list []*modfile.Replace, dir, from string) {
	for _, r := range list {
		by := r.New
		if by.Version == "" && !filepath.IsAbs(by.Path) {
			by.Path = filepath.Join(dir, filepath.FromSlash(by.Path))
		}
		w.replaces[r.Old] = replacement{by, from}
	}
}

// replaced returns what stands in for a module, if something does.
func (w *workspace) replaced(m module.Version) (replacement, bool) {
	if r, ok := w.replaces[m]; ok {
		return r, true
	}
	r, ok := w.replaces[module.Version{Path: m.Path}]
	return r, ok
}

func (w *workspace) isMain(path string) bool {
	for _, m := range w.mains {
		if m.path == path {
			return true
		}
	}
	return false
}

// broken words what is wrong with a go.mod or go.work file.
func broken(file string, err error) error {
	var list modfile.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		e := list[0]
		what := e.Err
		if e.Verb != "" {
			what = fmt.Errorf("%s %s: %w", e.Verb, e.ModPath, e.Err)
		}
		return fmt.Errorf("%s:%d: %w; correct the line and run the cell again", file, e.Pos.Line, what)
	}
	return fmt.Errorf("%s: %w", file, err)
}
