package modules

import (
	"context"
	"maps"
	"slices"
)

// resolver finds packages in the build list as it is now. Where that has
// changed, packages are forgotten that would be others now. Mu is held.
func (l *Loader) resolver(ctx context.Context) (*resolver, error) {
	selected, err := l.session.list(ctx)
	if err != nil {
		return nil, err
	}
	l.session.mu.Lock()
	w, g := l.session.work, l.session.graph
	l.session.mu.Unlock()
	if l.res != nil && l.res.w == w && maps.Equal(selected, l.selected) {
		return l.res, nil
	}
	l.res = &resolver{s: l.session, w: w, g: g}
	l.res.reset(selected)
	l.selected = maps.Clone(selected)
	clear(l.failed)
	l.forget(func(p *Package) bool {
		f, err := l.res.find(ctx, p.Path)
		return err != nil || f.dir != p.Dir || !f.local && f.module.String() != p.Module
	})
	return l.res, nil
}

// forget drops packages and those that import them, and returns their paths.
func (l *Loader) forget(stale func(*Package) bool) []string {
	gone := map[string]bool{}
	for path, p := range l.packages {
		if stale(p) {
			gone[path] = true
		}
	}
	for n := -1; n != len(gone); {
		n = len(gone)
		for path, p := range l.packages {
			if slices.ContainsFunc(p.imports, func(i string) bool { return gone[i] }) {
				gone[path] = true
			}
		}
	}
	for path := range gone {
		p := l.packages[path]
		l.lost[path] = &lost{p.Dir, p.Embeds, p.stamp, p.Local}
		delete(l.packages, path)
	}
	return slices.Sorted(maps.Keys(gone))
}

// A lost package was loaded until its files changed, or those of what it imports.
type lost struct {
	dir    string
	embeds []Embed
	stamp  string
	local  bool
}

func (p *lost) changed() bool { return p.local && folderStamp(p.dir, p.embeds) != p.stamp }

// Refresh looks for changes of go.mod and of the files of packages that are not
// in the module cache. It returns the paths of loaded packages that will be
// loaded anew: those whose own files have changed, and those that import them; also
// where a change before that has left them with errors.
func (l *Loader) Refresh(ctx context.Context) (changed, dependent []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	used := len(l.packages)+len(l.lost) > 0
	if used {
		l.session.Refresh()
	} else {
		l.session.refreshLater() // in a browser, a look into all folders above took a seventh of a small cell
	}
	before := slices.Collect(maps.Keys(l.packages))
	own := map[string]bool{}
	var stale []string
	mended := false
	for path, p := range l.lost {
		if l.packages[path] != nil {
			delete(l.lost, path)
		} else if p.changed() {
			own[path], mended = true, true
		}
	}
	if mended {
		stale = slices.Sorted(maps.Keys(l.lost))
		before = append(before, stale...)
	}
	stale = append(stale, l.forget(func(p *Package) bool {
		own[p.Path] = p.Local && folderStamp(p.Dir, p.Embeds) != p.stamp
		return own[p.Path]
	})...)
	for _, p := range l.lost {
		if p.local {
			p.stamp = folderStamp(p.dir, p.embeds)
		}
	}
	clear(l.failed)
	if l.res != nil {
		l.res.mu.Lock()
		for path, i := range l.res.infos {
			if i.local {
				delete(l.res.infos, path)
			}
		}
		l.res.mu.Unlock()
	}
	if used {
		_, _ = l.resolver(ctx) // what is wrong is told when something is imported
	}
	for _, path := range stale {
		if own[path] {
			changed = append(changed, path)
		}
	}
	for _, path := range before {
		if l.packages[path] == nil && !own[path] {
			dependent = append(dependent, path)
		}
	}
	slices.Sort(dependent)
	return changed, dependent
}
