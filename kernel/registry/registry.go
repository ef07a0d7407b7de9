package registry

import (
	"fmt"
	"sync"
)

// An Owner is one run of a cell.
type Owner struct {
	// Origin is the same for every run of a cell, and differs between cells.
	Origin string
	// Number is the cell's execution number, by which people know the run.
	Number int
	// Run tells runs apart.
	Run any
}

// A Registry knows who has registered what in a session. The zero value is
// ready to use.
type Registry struct {
	mu      sync.Mutex
	entries map[key]*entry
}

// A key is a name in one of the registries of the process.
type key struct {
	kind string // as people call it: "HTTP pattern"
	in   any    // which of several, comparable
	name string
}

type entry struct {
	owner Owner
	value any // what replaces and is replaced
}

// claim says what it means that owner registers a name now. A first time is
// true when nothing of a cell's has that name; then, or when it is this very
// run that has it, the package itself is asked, and answers as it does in Go.
// Otherwise the entry is that of an earlier run of the same cell, now owner's.
// For a name of another cell's claim panics.
func (r *Registry) claim(owner Owner, k key) (e *entry, again bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.entries == nil {
		r.entries = map[key]*entry{}
	}
	e = r.entries[k]
	switch {
	case e == nil:
		e = &entry{owner: owner}
		r.entries[k] = e
		return e, false
	case e.owner.Run == owner.Run:
		return e, false
	case e.owner.Origin == owner.Origin:
		e.owner = owner
		return e, true
	}
	panic(fmt.Sprintf("%s %q is registered by cell %d already, and cell %d registers it again: give one of them another name", k.kind, k.name, e.owner.Number, owner.Number))
}

// register registers a name: fresh does it for the first time, and replace puts
// the new value in the place of the old one. If fresh panics, because the
// package has the name from elsewhere, nothing is noted.
func (r *Registry) register(owner Owner, k key, fresh func() any, replace func(old any) any) {
	e, again := r.claim(owner, k)
	if again {
		e.value = replace(e.value)
		return
	}
	known := e.value != nil
	done := false
	defer func() {
		if !done && !known {
			r.mu.Lock()
			delete(r.entries, k)
			r.mu.Unlock()
		}
	}()
	value := fresh()
	if !known {
		e.value = value
	}
	done = true
}
