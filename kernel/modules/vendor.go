package modules

import (
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// vendored is a vendor folder from which packages come instead of the module
// cache, as its modules.txt describes it (https://go.dev/ref/mod#vendoring).
type vendored struct {
	dir      string
	selected map[string]string // the modules that have a package there, with their versions
	packages map[string]module.Version
	modules  map[module.Version]*vendoredModule
}

type vendoredModule struct {
	explicit bool   // a go.mod that is worked on requires it
	goVer    string // of its go.mod
	by       module.Version
}

// findVendor decides as the go command does whether packages come from the vendor
// folder beside the go.mod or go.work file. Mod is -mod of GOFLAGS.
func (w *workspace) findVendor(mod string) error {
	if w.file == "" || mod == "mod" || mod == "readonly" {
		return nil
	}
	root := filepath.Dir(w.file)
	dir := filepath.Join(root, "vendor")
	if fi, err := os.Stat(dir); mod != "vendor" && (err != nil || !fi.IsDir() || version.Compare("go"+w.goVer, "go1.14") < 0) {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(dir, "modules.txt"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	first, _, _ := strings.Cut(string(data), "\n")
	ofWork := strings.HasPrefix(first, "## ") && slices.Contains(strings.FieldsFunc(first[3:], func(r rune) bool { return r == ';' || r == ' ' }), "workspace")
	if mod != "vendor" && ofWork != w.isWork {
		return nil // it was made for the other
	}
	v := readVendored(dir, string(data))
	if wrong := w.inconsistent(v); len(wrong) > 0 {
		command := "go mod vendor"
		if w.isWork {
			command = "go work vendor"
		}
		more := ""
		if len(wrong) > 1 {
			more = fmt.Sprintf(" (and %d more)", len(wrong)-1)
		}
		return fmt.Errorf("%s does not agree with %s: %s%s; `%s` renews it, and GOFLAGS=-mod=mod leaves it out", dir, w.file, wrong[0], more, command)
	}
	w.vendor = v
	return nil
}

// readVendored reads a modules.txt. Lines that say nothing that is known are left
// out, as the go command does.
func readVendored(dir, text string) *vendored {
	v := &vendored{dir: dir, selected: map[string]string{}, packages: map[string]module.Version{}, modules: map[module.Version]*vendoredModule{}}
	var m module.Version
	entry := func() *vendoredModule {
		if v.modules[m] == nil {
			v.modules[m] = &vendoredModule{}
		}
		return v.modules[m]
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		f := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "# "):
			m = module.Version{}
			switch {
			case len(f) < 3:
				continue
			case semver.IsValid(f[2]):
				m, f = module.Version{Path: f[1], Version: f[2]}, f[3:]
			case f[2] == "=>": // of all versions
				m, f = module.Version{Path: f[1]}, f[2:]
			default:
				continue
			}
			e := entry()
			if len(f) == 2 && f[0] == "=>" {
				e.by = module.Version{Path: f[1]}
			} else if len(f) == 3 && f[0] == "=>" {
				e.by = module.Version{Path: f[1], Version: f[2]}
			}
		case m.Path == "":
		case strings.HasPrefix(line, "## "):
			for what := range strings.SplitSeq(line[3:], ";") {
				what = strings.TrimSpace(what)
				if what == "explicit" {
					entry().explicit = true
				} else if ver, ok := strings.CutPrefix(what, "go "); ok {
					entry().goVer = ver
				}
			}
		case len(f) == 1 && module.CheckImportPath(f[0]) == nil:
			v.packages[f[0]] = m
			v.selected[m.Path] = newer(v.selected[m.Path], m.Version)
		}
	}
	return v
}

// inconsistent says in what the folder is not what go.mod and go.work files ask
// for.
func (w *workspace) inconsistent(v *vendored) (wrong []string) {
	say := func(m module.Version, format string, args ...any) {
		name := m.Path
		if m.Version != "" {
			name = m.String()
		}
		wrong = append(wrong, name+" "+fmt.Sprintf(format, args...))
	}
	before114 := !w.isWork && version.Compare("go"+w.goVer, "go1.14") < 0
	required := map[module.Version]bool{}
	for _, m := range w.mains {
		for _, r := range m.file.Require {
			required[r.Mod] = true
			at, has := v.selected[r.Mod.Path]
			switch e := v.modules[r.Mod]; {
			case before114 && has && at != r.Mod.Version:
				say(r.Mod, "is required, and %s is there", at)
			case !before114 && (e == nil || !e.explicit):
				say(r.Mod, "is required, and vendor/modules.txt does not say so")
			}
		}
	}
	atFirst := len(wrong) // what is required is in its own order
	for old, r := range w.replaces {
		if w.isMain(old.Path) || before114 {
			continue
		}
		if e := v.modules[old]; e == nil || e.by.Path == "" {
			say(old, "is replaced, and vendor/modules.txt does not say so")
		} else if by := w.placeOf(e.by); by != r.by {
			say(old, "is replaced by %s, and in vendor/modules.txt by %s", r.by, e.by)
		}
	}
	for m, e := range v.modules {
		if _, ok := w.replaces[m]; e.by.Path != "" && !ok {
			if _, ok := w.replaced(m); !ok {
				say(m, "is replaced in vendor/modules.txt only")
			}
		}
		if e.explicit && !required[m] && v.selected[m.Path] == m.Version {
			say(m, "is marked as explicit in vendor/modules.txt, and not required")
		}
	}
	slices.Sort(wrong[atFirst:])
	return wrong
}

// placeOf makes a folder that a modules.txt names absolute.
func (w *workspace) placeOf(by module.Version) module.Version {
	if by.Version == "" && modfile.IsDirectoryPath(by.Path) && !filepath.IsAbs(by.Path) {
		by.Path = filepath.Join(filepath.Dir(w.file), filepath.FromSlash(by.Path))
	}
	return by
}

// find returns where a package is in the folder.
func (v *vendored) find(pkgPath string) (*found, error) {
	m, ok := v.packages[pkgPath]
	if !ok {
		return nil, v.without(pkgPath)
	}
	dir := filepath.Join(v.dir, filepath.FromSlash(pkgPath))
	if !hasPackage(dir) {
		return nil, fmt.Errorf("package %q has no Go files in %s, although modules.txt there lists it; `go mod vendor` renews the folder", pkgPath, dir)
	}
	return &found{path: pkgPath, dir: dir, module: m, root: v.root(m.Path), goVer: or(v.modules[m].goVer, "1.16")}, nil
}

func (v *vendored) root(modPath string) string {
	return filepath.Join(v.dir, filepath.FromSlash(modPath))
}

// without says what to do about a module or package that is not there.
func (v *vendored) without(path string) error {
	return fmt.Errorf("%s is not in %s, from which all packages of modules come: `go get %s` and `go mod vendor` put it there, and GOFLAGS=-mod=mod leaves the folder out", path, v.dir, path)
}

// get answers a Get: everything that can be had is there.
func (s *Session) getVendored(v *vendored, queries []Query, selected map[string]string) (*Got, error) {
	var list []module.Version
	for _, q := range queries {
		m, ok := v.packages[q.Path]
		if !ok {
			if m = (module.Version{Path: q.Path, Version: selected[q.Path]}); m.Version == "" {
				return nil, v.without(q.Path)
			}
		}
		if q.Version != "" && q.Version != m.Version {
			return nil, fmt.Errorf("%s holds %s, and all packages of modules come from there: `go get %s@%s` and `go mod vendor` change that, and GOFLAGS=-mod=mod leaves the folder out", v.dir, m, q.Path, q.Version)
		}
		list = append(list, m)
	}
	return &Got{Modules: s.table(list, selected, selected)}, nil
}
