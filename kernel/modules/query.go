package modules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A Query asks for a module, by its path or that of a package in it.
type Query struct {
	Path string
	// Version is a version, the beginning of one such as "v1" or "v1.2", a
	// bound such as "<v1.5.0", "latest", "upgrade", "patch", "none" to be without
	// it, or the name of a branch, a tag or a commit. Where it is empty, it is the version that is
	// in use, or else the latest.
	Version string
}

// ParseQuery reads PATH[@VERSION].
func ParseQuery(text string) (Query, error) {
	p, version, has := strings.Cut(text, "@")
	p = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(p, "https://"), "http://"), "/")
	q := Query{Path: p, Version: version}
	switch {
	case has && version == "":
		return q, fmt.Errorf("%q ends in @: the version comes after it, such as @latest", text)
	case p == "":
		return q, fmt.Errorf("%q names no module", text)
	}
	if err := module.CheckPath(p); err != nil {
		first, _, _ := strings.Cut(p, "/")
		if !strings.Contains(first, ".") {
			return q, fmt.Errorf("%q is no module: the path of one begins with a host, such as github.com/google/uuid; the standard library needs no %%get", p)
		}
		return q, fmt.Errorf("%q is no path of a module: %w", p, err)
	}
	return q, nil
}

// version finds the version of a module that a query means.
func (g *graph) version(ctx context.Context, modPath, query, current string) (string, error) {
	if query == "" && current != "" {
		return current, nil
	}
	if v, ok := g.ofFolder(modPath, query); ok {
		return v, nil
	}
	switch {
	case query == "", query == "latest", query == "upgrade":
		v, err := g.latest(ctx, modPath, func(string) bool { return true })
		if err == nil && query == "upgrade" {
			v = newer(current, v)
		}
		return v, err
	case query == "patch":
		if current == "" {
			return g.latest(ctx, modPath, func(string) bool { return true })
		}
		prefix := semver.MajorMinor(current)
		return g.latest(ctx, modPath, func(v string) bool { return semver.MajorMinor(v) == prefix })
	}
	for _, op := range []string{"<=", ">=", "<", ">"} {
		bound, ok := strings.CutPrefix(query, op)
		if !ok {
			continue
		}
		if !semver.IsValid(bound) {
			return "", fmt.Errorf("%q is no version: one is written v1.2.3", bound)
		}
		return g.bounded(ctx, modPath, op, bound)
	}
	if semver.IsValid(query) {
		if semver.Canonical(query) == strings.TrimSuffix(query, semver.Build(query)) {
			return g.revision(ctx, modPath, query)
		}
		return g.latest(ctx, modPath, func(v string) bool { return v == query || strings.HasPrefix(v, query+".") })
	}
	return g.revision(ctx, modPath, query)
}

// ofFolder is the version of a module that a folder replaces: no proxy need know it.
func (g *graph) ofFolder(modPath, query string) (string, bool) {
	if m := (module.Version{Path: modPath, Version: query}); semver.Canonical(query) == query && query != "" {
		r, ok := g.w.replaced(m)
		return query, ok && r.by.Version == "" && module.Check(modPath, query) == nil
	}
	if query != "" && query != "latest" && query != "upgrade" {
		return "", false
	}
	best := ""
	for old, r := range g.w.replaces {
		if old.Path != modPath || r.by.Version != "" {
			continue
		}
		v := old.Version
		if v == "" { // of all versions
			_, major, _ := module.SplitPathVersion(modPath)
			v = module.ZeroPseudoVersion(module.PathMajorPrefix(major))
		}
		best = newer(best, v)
	}
	return best, best != ""
}

// revision asks for the version that a revision has.
func (g *graph) revision(ctx context.Context, modPath, rev string) (string, error) {
	if semver.IsValid(rev) {
		m := module.Version{Path: modPath, Version: rev}
		if err := module.Check(modPath, rev); err == nil {
			if file, err := g.d.file(m, "mod"); err == nil && exists(file) {
				return rev, nil
			}
		}
	}
	var info struct{ Version string }
	err := g.d.try(modPath, func(base string) error {
		escaped, err := module.EscapeVersion(rev)
		if err != nil {
			return fmt.Errorf("%q is no version: %w", rev, err)
		}
		data, err := g.d.client.get(ctx, base+"/@v/"+escaped+".info")
		if err != nil {
			return err
		}
		return json.Unmarshal(data, &info)
	})
	return info.Version, err
}

// versions lists the releases of a module that the proxy knows, oldest first.
// Those of an incompatible major version are left out where the newest compatible
// one has a go.mod: then they are from before there were modules, or a mistake.
func (g *graph) versions(ctx context.Context, modPath string) ([]string, error) {
	var list []string
	err := g.d.try(modPath, func(base string) error {
		data, err := g.d.client.get(ctx, base+"/@v/list")
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(data)) {
			if f := strings.Fields(line); len(f) > 0 && semver.IsValid(f[0]) && !module.IsPseudoVersion(f[0]) {
				if !g.w.excluded[module.Version{Path: modPath, Version: f[0]}] {
					list = append(list, f[0])
				}
			}
		}
		return nil
	})
	semver.Sort(list)
	i := slices.IndexFunc(list, incompatible)
	if err != nil || i <= 0 {
		return list, err
	}
	newest := module.Version{Path: modPath, Version: list[i-1]}
	if data, err := g.d.goMod(ctx, newest); err == nil && string(data) != "module "+modfile.AutoQuote(modPath)+"\n" {
		list = list[:i]
	}
	return list, nil
}

func incompatible(version string) bool { return strings.HasSuffix(version, "+incompatible") }

// latest returns the newest release for which ok holds and that has not been
// retracted; before a pre-release any release, and where there is neither, what
// the proxy takes for the newest state.
func (g *graph) latest(ctx context.Context, modPath string, ok func(string) bool) (string, error) {
	list, err := g.versions(ctx, modPath)
	if err != nil {
		return "", err
	}
	if len(list) > 0 {
		list = slices.DeleteFunc(list, g.retracted(ctx, modPath, list))
	}
	list = slices.DeleteFunc(list, func(v string) bool { return !ok(v) })
	for _, pre := range []bool{false, true} {
		for _, v := range slices.Backward(list) {
			if (semver.Prerelease(v) != "") == pre {
				return v, nil
			}
		}
	}
	var info struct{ Version string }
	err = g.d.try(modPath, func(base string) error {
		data, err := g.d.client.get(ctx, base+"/@latest")
		if err != nil {
			return err
		}
		return json.Unmarshal(data, &info)
	})
	if err == nil && !ok(info.Version) {
		return "", errNotThere
	}
	return info.Version, err
}

// retracted reports which versions a module's newest go.mod takes back.
func (g *graph) retracted(ctx context.Context, modPath string, list []string) func(string) bool {
	s, err := g.newest(ctx, modPath, list)
	if err != nil {
		return func(string) bool { return false } // it is told when that version is chosen
	}
	return func(v string) bool {
		_, ok := s.retracts(v)
		return ok
	}
}

// newest is what the newest of a module's versions says, on which authors have the
// last word on all of them.
func (g *graph) newest(ctx context.Context, modPath string, list []string) (*summary, error) {
	newest := list[len(list)-1]
	for _, v := range slices.Backward(list) {
		if semver.Prerelease(v) == "" {
			newest = v
			break
		}
	}
	return g.summary(ctx, module.Version{Path: modPath, Version: newest})
}

// retracts reports whether a version is taken back, and why.
func (s *summary) retracts(v string) (reason string, ok bool) {
	for _, r := range s.retract {
		if semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0 {
			return r.Rationale, true
		}
	}
	return "", false
}

// warningTime is how long to ask for warnings, without which a Get can do.
const warningTime = 3 * time.Second

// warning is what its authors say against a version of a module: that it has been
// retracted, or that the module is deprecated. It is empty where nothing is known.
func (g *graph) warning(ctx context.Context, m module.Version) string {
	if _, ok := g.w.replaced(m); ok {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, warningTime)
	defer cancel()
	list, err := g.versions(ctx, m.Path)
	if err != nil || len(list) == 0 {
		return ""
	}
	s, err := g.newest(ctx, m.Path, list)
	if err != nil {
		return ""
	}
	var said []string
	if reason, ok := s.retracts(m.Version); ok {
		said = append(said, firstLine("retracted by its author", reason))
	}
	if s.deprecated != "" {
		said = append(said, firstLine("the module is deprecated", s.deprecated))
	}
	return strings.Join(said, "; ")
}

// firstLine appends the first line of what somebody has written, in part.
func firstLine(what, text string) string {
	const most = 200
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if text == "" {
		return what
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return what + ": " + text
}

// bounded returns the version nearest to a bound.
func (g *graph) bounded(ctx context.Context, modPath, op, bound string) (string, error) {
	list, err := g.versions(ctx, modPath)
	if err != nil {
		return "", err
	}
	holds := func(v string) bool {
		c := semver.Compare(v, bound)
		switch op {
		case "<":
			return c < 0
		case "<=":
			return c <= 0
		case ">":
			return c > 0
		}
		return c >= 0
	}
	list = slices.DeleteFunc(list, func(v string) bool { return !holds(v) || semver.Prerelease(v) != "" })
	switch {
	case len(list) == 0:
		return "", errNotThere
	case op[0] == '<':
		return list[len(list)-1], nil
	}
	return list[0], nil
}

// find looks for the module that has a package: that of the longest path that a
// proxy knows and in which the package is.
func (g *graph) find(ctx context.Context, q Query, current map[string]string, has func(module.Version) (bool, error)) (module.Version, error) {
	var first error
	for p := q.Path; p != "." && strings.Contains(p, "/"); p = path.Dir(p) {
		if module.CheckPath(p) != nil {
			break
		}
		v, err := g.version(ctx, p, q.Version, current[p])
		if err == nil {
			m := module.Version{Path: p, Version: v}
			if err := module.Check(p, v); err != nil {
				return module.Version{}, fmt.Errorf("%s: %w", q.Path, err)
			}
			ok, err := p == q.Path, error(nil)
			if !ok {
				ok, err = has(m)
			}
			if err != nil {
				return module.Version{}, err
			}
			if ok {
				return m, nil
			}
			return module.Version{}, fmt.Errorf("there is no package %s: %s has no folder of that name", q.Path, m)
		}
		if ctx.Err() != nil {
			return module.Version{}, ctx.Err()
		}
		if first == nil || errors.Is(first, errNotThere) && !errors.Is(err, errNotThere) {
			first = err
		}
		if !errors.Is(err, errNotThere) {
			break
		}
	}
	switch {
	case first == nil:
		return module.Version{}, fmt.Errorf("%q is no path of a module", q.Path)
	case errors.Is(first, errNotThere):
		return module.Version{}, g.unknown(ctx, q)
	}
	if !semver.IsValid(q.Version) {
		if v := g.d.cached(q.Path); v != "" {
			return module.Version{}, fmt.Errorf("%s: %w; the module cache has %s: %%get %s@%s", q.Path, first, v, q.Path, v)
		}
	}
	return module.Version{}, fmt.Errorf("%s: %w", q.Path, first)
}

// unknown says what is not there: the module, or its version.
func (g *graph) unknown(ctx context.Context, q Query) error {
	if q.Version != "" && q.Version != "latest" {
		for p := q.Path; p != "." && strings.Contains(p, "/"); p = path.Dir(p) {
			if v, err := g.latest(ctx, p, func(string) bool { return true }); err == nil && v != "" {
				return fmt.Errorf("%s has no version %s; the newest is %s: %%get %s@%s", p, q.Version, v, q.Path, v)
			}
		}
	}
	return fmt.Errorf("there is no module %s where GOPROXY points to; look for a typing error, and at https://pkg.go.dev/%s", q.Path, q.Path)
}
