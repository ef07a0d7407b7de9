package modules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"
)

// A Session is the modules that one notebook uses: those that the go.mod above
// it requires, and those that it asks for itself. It is safe for concurrent use.
type Session struct {
	dir string // the notebook's folder
	env Env
	d   *downloader
	own string // version of the language that a module of the session's own asks for

	getting sync.Mutex // one Get at a time

	mu       sync.Mutex
	work     *workspace
	graph    *graph
	roots    map[string]string       // required: by go.mod, by %get, and what those need
	asked    map[string]bool         // of them those that a Get has named
	selected map[string]string       // the build list; nil until it is known
	err      error                   // why there is none
	stamp    string                  // of the go.mod files when they were read
	behind   bool                    // they may have changed, see refreshLater
	packages map[string][]Importable // of modules that do not change, for completion
}

// Open returns the modules of the notebook in a folder. Nothing is downloaded,
// and what is wrong with a go.mod above the folder is told when something is to
// be imported. GoVersion is that of the kernel, such as "go1.26".
func Open(dir, goVersion string, env Env) *Session {
	s := &Session{
		dir: dir, env: env, d: newDownloader(env), own: strings.TrimPrefix(goVersion, "go"),
		asked: map[string]bool{},
	}
	s.reread()
	return s
}

// reread reads the go.mod files. Mu is held, or nobody else knows s yet.
func (s *Session) reread() {
	was := s.roots
	s.work, s.err = findWorkspace(s.env, s.dir, s.own)
	s.graph = newGraph(s.d, s.work)
	s.selected = nil
	s.roots = map[string]string{}
	for _, m := range s.work.mains {
		for _, r := range m.file.Require {
			if !s.work.isMain(r.Mod.Path) && !s.work.excluded[r.Mod] {
				s.roots[r.Mod.Path] = newer(s.roots[r.Mod.Path], r.Mod.Version)
			}
		}
	}
	for path := range s.asked {
		s.roots[path] = was[path]
	}
	if len(s.work.mains) == 0 {
		maps.Copy(s.roots, was)
	}
	for _, file := range s.work.sumFiles {
		if err := s.d.sums.read(file); err != nil && s.err == nil {
			s.err = err
		}
	}
	s.stamp = s.work.stamp()
}

// stamp changes when a go.mod or go.work file does.
func (w *workspace) stamp() string {
	files := []string{w.file, filepath.Join(filepath.Dir(w.file), "vendor", "modules.txt")}
	for _, m := range w.mains {
		files = append(files, m.name)
	}
	return stampOf(files)
}

// Refresh reads go.mod and go.work again where they have changed, and reports
// whether they have.
func (s *Session) Refresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh()
}

// refreshLater is Refresh when somebody next asks for something.
func (s *Session) refreshLater() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behind = true
}

// current has what refreshLater was called for done. Mu is held.
func (s *Session) current() {
	if s.behind {
		s.refresh()
	}
}

func (s *Session) refresh() bool {
	s.behind = false
	if s.work.file == "" {
		for _, name := range []string{"go.work", "go.mod"} {
			if above(s.dir, name) != "" {
				s.reread()
				return true
			}
		}
		return false
	}
	if s.work.stamp() == s.stamp {
		return false
	}
	s.reread()
	return true
}

// list returns the build list: the version of each module that there is in the
// session. It reads go.mod files that are not in the cache from the proxy.
func (s *Session) list(ctx context.Context) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current()
	if s.err != nil {
		return nil, s.err
	}
	if s.selected == nil && s.work.vendor != nil {
		s.selected = s.work.vendor.selected
	}
	if s.selected == nil {
		selected, _, err := s.graph.choose(ctx, s.roots)
		if err != nil {
			return nil, err
		}
		s.selected = selected
	}
	return s.selected, nil
}

// A Module is one in the build list.
type Module struct {
	Path, Version string
	Dir           string // where its files are; empty where it has not been downloaded
	Replaced      string // what stands in for it, or empty
	Asked         bool   // by Get
	New           bool   // since the last Get
	Was           string // the version before the last Get
	Main          bool
	Warning       string // what its authors say against it; known after a Get
}

// A Got is what a Get has done.
type Got struct {
	Modules    []Module // that are needed, sorted by path
	Downloaded int
	Changed    bool // other versions than before are in use
}

// A GetOption changes what a Get does.
type GetOption func(*resolver)

// WithTests has a Get download also what the tests of the packages import that are
// asked for.
func WithTests(r *resolver) { r.tests = true }

// Get adds modules to the session, with what their packages import, and
// downloads what the cache has not got. Progress may be nil. When it fails, the
// session is as it was.
func (s *Session) Get(ctx context.Context, queries []Query, progress func(Progress), options ...GetOption) (*Got, error) {
	s.getting.Lock()
	defer s.getting.Unlock()
	before, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	v := s.work.vendor
	s.mu.Unlock()
	if v != nil {
		return s.getVendored(v, queries, before)
	}
	got := &Got{}
	var mu sync.Mutex
	s.d.setProgress(func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		if p.Done {
			got.Downloaded++
		}
		if progress != nil {
			progress(p)
		}
	})
	defer s.d.setProgress(nil)

	s.mu.Lock()
	g, w, roots := s.graph, s.work, maps.Clone(s.roots)
	s.mu.Unlock()
	r := &resolver{s: s, w: w, g: g, fetch: true}
	for _, o := range options {
		o(r)
	}
	var asked []string
	var targets []target
	for _, q := range queries {
		if w.isMain(q.Path) {
			return nil, fmt.Errorf("%s is the module in which the notebook lies: import its packages as they are", q.Path)
		}
		if q.Version == "none" {
			if _, ok := roots[q.Path]; !ok {
				return nil, fmt.Errorf("%s is not required by the session; %%get lists what is", q.Path)
			}
			delete(roots, q.Path)
			asked = slices.DeleteFunc(asked, func(p string) bool { return p == q.Path })
			continue
		}
		m, err := s.resolve(ctx, g, q, before, r)
		if err != nil {
			return nil, err
		}
		roots[m.Path] = m.Version
		asked = append(asked, m.Path)
		targets = append(targets, target{m.Path, q.Path})
	}
	selected, roots, err := s.complete(ctx, g, roots, targets, r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.roots, s.selected = roots, selected
	for _, p := range asked {
		s.asked[p] = true
	}
	for _, q := range queries {
		if q.Version == "none" {
			delete(s.asked, q.Path)
		}
	}
	s.mu.Unlock()
	got.Modules = s.table(r.used(), selected, before)
	var group errgroup.Group
	for i := range got.Modules {
		if m := &got.Modules[i]; (m.New || m.Was != "") && slices.Contains(asked, m.Path) {
			group.Go(func() error {
				m.Warning = g.warning(ctx, module.Version{Path: m.Path, Version: m.Version})
				return nil
			})
		}
	}
	_ = group.Wait() // a warning that cannot be had is none
	for path, v := range before {
		got.Changed = got.Changed || selected[path] != v
	}
	return got, nil
}

// A target is a module that is to be had, and what was written for it.
type target struct{ module, path string }

// resolve finds the module that a query means.
func (s *Session) resolve(ctx context.Context, g *graph, q Query, before map[string]string, r *resolver) (module.Version, error) {
	if q.Version == "" {
		// What the session has already is not looked for outside.
		r.selected = before
		if p, err := r.find(ctx, q.Path); err == nil && p.module.Path != "" && !p.local {
			return p.module, nil
		}
	}
	return g.find(ctx, q, before, func(m module.Version) (bool, error) {
		dir, err := s.d.fetch(ctx, r.w.source(m))
		if err != nil {
			return false, err
		}
		return hasPackage(filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(q.Path, m.Path)))), nil
	})
}

// source is what is downloaded for a module.
func (w *workspace) source(m module.Version) module.Version {
	if r, ok := w.replaced(m); ok && r.by.Version != "" {
		return r.by
	}
	return m
}

// complete chooses versions and downloads what the targets' packages import. The
// modules that they come from become roots, too, as in a tidy go.mod, which may
// raise versions; then it is done again.
func (s *Session) complete(ctx context.Context, g *graph, roots map[string]string, targets []target, r *resolver) (selected, at map[string]string, err error) {
	for range 20 {
		if selected, roots, err = g.choose(ctx, roots); err != nil {
			return nil, nil, err
		}
		r.reset(selected)
		var paths []string
		for _, t := range targets {
			list, err := r.packages(ctx, t)
			if err != nil {
				return nil, nil, err
			}
			paths = append(paths, list...)
		}
		if err := r.closure(ctx, paths); err != nil {
			return nil, nil, err
		}
		added := false
		for _, m := range r.used() {
			if _, ok := roots[m.Path]; !ok {
				roots[m.Path], added = m.Version, true
			}
		}
		if !added {
			return selected, roots, nil
		}
	}
	return nil, nil, errors.New("the versions that these modules require of each other do not come to rest")
}

// table describes modules of the build list.
func (s *Session) table(list []module.Version, selected, before map[string]string) []Module {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Module
	for _, v := range list {
		m := Module{Path: v.Path, Version: v.Version, Asked: s.asked[v.Path], New: before[v.Path] == ""}
		if was := before[v.Path]; was != v.Version {
			m.Was = was
		}
		m.Dir, m.Replaced = s.place(v)
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// place is where a module's files are, if it is there, and what replaces it.
func (s *Session) place(m module.Version) (dir, replaced string) {
	if v := s.work.vendor; v != nil {
		return v.root(m.Path), v.modules[m].by.Path
	}
	if r, ok := s.work.replaced(m); ok {
		if r.by.Version == "" {
			return r.by.Path, r.by.Path
		}
		dir, _ := s.d.present(r.by)
		return dir, r.by.String()
	}
	dir, _ = s.d.present(m)
	return dir, ""
}

// Modules lists what there is in the session: the modules that are worked on,
// and the build list.
func (s *Session) Modules(ctx context.Context) ([]Module, error) {
	selected, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	var list []module.Version
	for path, v := range selected {
		list = append(list, module.Version{Path: path, Version: v})
	}
	table := s.table(list, selected, selected)
	s.mu.Lock()
	defer s.mu.Unlock()
	var mains []Module
	for _, m := range s.work.mains {
		mains = append(mains, Module{Path: m.path, Dir: m.dir, Main: true})
	}
	return append(mains, table...), nil
}

// File is the go.mod or go.work file that governs the session, or empty.
func (s *Session) File() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current()
	return s.work.file
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// stampOf changes when files do.
func stampOf(files []string) string {
	var b strings.Builder
	for _, f := range files {
		fi, err := os.Stat(f)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Fprintf(&b, "%s -\n", f)
		case err != nil:
			fmt.Fprintf(&b, "%s %v\n", f, err)
		default:
			fmt.Fprintf(&b, "%s %d %d\n", f, fi.Size(), fi.ModTime().UnixNano())
		}
	}
	return b.String()
}
