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
	"golang.org/x/mod/semver"
)

// A mainModule is one that is being worked on: the notebook lies in it, or a
// go.work file above the notebook uses it.
type mainModule struct {
	path string
	dir  string
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
	goVer    string // "1.26"
	pruned   bool   // module graphs are, since go 1.17
	replaces map[module.Version]replacement
	excluded map[module.Version]bool
	sumFiles []string
	file     string // the go.mod or go.work file, or empty
}

// findWorkspace looks for what governs a folder. There need be nothing.
func findWorkspace(env Env, dir, ownVersion string) (*workspace, error) {
	w := &workspace{
		goVer: ownVersion, pruned: true,
		replaces: map[module.Version]replacement{}, excluded: map[module.Version]bool{},
	}
	if env.Work != "off" {
		file := env.Work
		if file == "" {
			file = above(dir, "go.work")
		}
		if file != "" {
			return w, w.readWork(file)
		}
	}
	if file := above(dir, "go.mod"); file != "" {
		w.file = file
		return w, w.readMod(file, true)
	}
	return w, nil
}

// above finds a file in a folder or in the nearest one above it.
func above(dir, name string) string {
	for {
		file := filepath.Join(dir, name)
		if fi, err := os.Stat(file); err == nil && !fi.IsDir() {
			return file
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func (w *workspace) readWork(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return broken(file, err)
	}
	w.file = file
	for _, u := range f.Use {
		dir := u.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), filepath.FromSlash(dir))
		}
		mod := filepath.Join(dir, "go.mod")
		if err := w.readMod(mod, false); err != nil {
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
	w.replace(f.Replace, file) // over those of go.mod files
	w.sumFiles = append(w.sumFiles, file+".sum")
	return nil
}

func (w *workspace) readMod(file string, alone bool) error {
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
	w.mains = append(w.mains, mainModule{f.Module.Mod.Path, filepath.Dir(file), f})
	if alone {
		w.goVer = goVersionOf(f)
		w.pruned = prunes(w.goVer)
	}
	w.replace(f.Replace, file)
	for _, x := range f.Exclude {
		w.excluded[x.Mod] = true
	}
	w.sumFiles = append(w.sumFiles, filepath.Join(filepath.Dir(file), "go.sum"))
	return nil
}

func (w *workspace) replace(list []*modfile.Replace, from string) {
	for _, r := range list {
		by := r.New
		if by.Version == "" && !filepath.IsAbs(by.Path) {
			by.Path = filepath.Join(filepath.Dir(from), filepath.FromSlash(by.Path))
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

// goVersionOf is the version of the language that a go.mod file asks for.
func goVersionOf(f *modfile.File) string {
	if f.Go == nil {
		return "1.16" // which the go command takes where nothing is said
	}
	return f.Go.Version
}

// prunes reports whether module graphs are pruned below a module that asks for
// a version of Go.
func prunes(goVersion string) bool { return semver.Compare("v"+majorMinor(goVersion), "v1.17") >= 0 }

// majorMinor is "1.21" of "1.21.3" and of "1.21rc2".
func majorMinor(v string) string {
	major, rest, _ := strings.Cut(v, ".")
	minor := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = rest[:i]
	}
	return major + "." + minor
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
