package modules

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/sync/errgroup"
)

// atOnce is how many things are downloaded at a time.
const atOnce = 8

// A summary is what a module's go.mod says to those who need it.
type summary struct {
	goVer   string
	require []module.Version
	retract []*modfile.Retract
	// Of the module, not of a version: from its newest.
	deprecated string
}

// A graph finds go.mod files, once each.
type graph struct {
	d *downloader
	w *workspace

	mu        sync.Mutex
	summaries map[module.Version]*summary
}

func newGraph(d *downloader, w *workspace) *graph {
	return &graph{d: d, w: w, summaries: map[module.Version]*summary{}}
}

// read are the versions whose go.mod has been read to know the graph, chosen or not. The
// next session reads them, too: their checksums belong into go.sum.
func (g *graph) read() map[module.Version]bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[module.Version]bool{}
	for m := range g.summaries {
		all[g.w.source(m)] = true
	}
	return all
}

// summary reads the go.mod of a module, or of what stands in for it.
func (g *graph) summary(ctx context.Context, m module.Version) (*summary, error) {
	g.mu.Lock()
	s := g.summaries[m]
	g.mu.Unlock()
	if s != nil {
		return s, nil
	}
	from := m
	name := m.String() + "/go.mod"
	var data []byte
	r, isReplaced := g.w.replaced(m)
	switch {
	case isReplaced && r.by.Version == "":
		name = filepath.Join(r.by.Path, "go.mod")
		var err error
		if data, err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("%s replaces %s by the folder %s, which cannot be read: %w", r.from, m.Path, r.by.Path, err)
		}
	default:
		if isReplaced {
			from = r.by
		}
		var err error
		if data, err = g.d.goMod(ctx, from); err != nil {
			return nil, err
		}
	}
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return nil, broken(name, err)
	}
	if f.Module != nil && !isReplaced && f.Module.Mod.Path != m.Path {
		return nil, fmt.Errorf("%s calls itself %s in its go.mod: write %%get %s", m, f.Module.Mod.Path, f.Module.Mod.Path)
	}
	s = &summary{goVer: goVersionOf(f)}
	for _, r := range f.Require {
		if !g.w.excluded[r.Mod] {
			s.require = append(s.require, r.Mod)
		}
	}
	s.retract = f.Retract
	if f.Module != nil {
		s.deprecated = f.Module.Deprecated
	}
	g.mu.Lock()
	g.summaries[m] = s
	g.mu.Unlock()
	return s, nil
}

// select chooses a version of each module that the roots reach: minimal version
// selection over the graph, pruned as the go command prunes it. The roots that
// come back are the given ones at the versions that were chosen.
func (g *graph) choose(ctx context.Context, roots map[string]string) (selected, at map[string]string, err error) {
	at = maps.Clone(roots)
	for {
		if selected, err = g.walk(ctx, at); err != nil {
			return nil, nil, err
		}
		same := true
		for path, v := range at {
			if selected[path] != v {
				at[path], same = selected[path], false
			}
		}
		if same {
			return selected, at, nil
		}
	}
}

// walk visits the graph from the roots, a level at a time.
func (g *graph) walk(ctx context.Context, roots map[string]string) (map[string]string, error) {
	type node struct {
		module.Version
		pruned bool // what it requires is not followed, unless it knows no pruning
	}
	var level []node
	for _, path := range slices.Sorted(maps.Keys(roots)) {
		level = append(level, node{module.Version{Path: path, Version: roots[path]}, g.w.pruned})
	}
	selected := map[string]string{}
	seen := map[node]bool{}
	for len(level) > 0 {
		found := make([]*summary, len(level))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for i, n := range level {
			group.Go(func() (err error) {
				found[i], err = g.summary(ctx, n.Version)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		var next []node
		for i, n := range level {
			if err := g.tooNewModule(n.Version, found[i].goVer); err != nil {
				return nil, err
			}
			selected[n.Path] = newer(selected[n.Path], n.Version.Version)
			follow := !n.pruned || !prunes(found[i].goVer)
			for _, r := range found[i].require {
				if g.w.isMain(r.Path) {
					continue
				}
				selected[r.Path] = newer(selected[r.Path], r.Version)
				child := node{r, n.pruned && prunes(found[i].goVer)}
				if follow && !seen[child] {
					seen[child] = true
					next = append(next, child)
				}
			}
		}
		level = next
	}
	return selected, nil
}

func newer(a, b string) string {
	if a == "" || semver.Compare(a, b) < 0 {
		return b
	}
	return a
}
