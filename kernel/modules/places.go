package modules

import (
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/module"
)

// A place is where a module is.
type place struct {
	dir   string // empty where it is not there
	hash  string // of a downloaded one, as its ziphash file has it
	local bool
}

// lookOnce has the resolver look once where each module is, and every time again after
// the end.
func (r *resolver) lookOnce() (end func()) {
	set := func(places map[module.Version]*place) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.places = places
	}
	set(map[module.Version]*place{})
	return func() { set(nil) }
}

// place returns where a module is.
func (r *resolver) place(ctx context.Context, m module.Version) (*place, error) {
	r.mu.Lock()
	at := r.places[m]
	r.mu.Unlock()
	if at != nil {
		return at, nil
	}
	at, err := r.look(ctx, m)
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.places != nil {
			r.places[m] = at
		}
	}
	return at, err
}

func (r *resolver) look(ctx context.Context, m module.Version) (*place, error) {
	src := m
	if rep, ok := r.w.replaced(m); ok {
		if rep.by.Version == "" {
			return &place{dir: rep.by.Path, local: true}, nil
		}
		src = rep.by
	}
	if r.fetch {
		dir, err := r.s.d.fetch(ctx, src)
		return &place{dir: dir}, err
	}
	dir, ok := r.s.d.present(src)
	if !ok {
		return &place{}, nil
	}
	// What is there has been verified when it came, but a go.sum says what has to
	// be there.
	hash, err := os.ReadFile(dirHash(r.s.d, src))
	if err != nil {
		return &place{dir: dir}, nil
	}
	if err := r.s.d.sums.matches(src, strings.TrimSpace(string(hash))); err != nil {
		return nil, fmt.Errorf("%s: %w", src, err)
	}
	return &place{dir: dir, hash: string(hash)}, nil
}

func dirHash(d *downloader, m module.Version) string {
	file, err := d.file(m, "ziphash")
	if err != nil {
		return ""
	}
	return file
}
