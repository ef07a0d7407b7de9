package registry

import (
	"flag"
	"reflect"
	"unsafe"
	"weak"
)

// Flag makes room for a flag of that name in set, if an earlier run of the same
// cell has defined it there. Whoever defines it does so then.
func (r *Registry) Flag(o Owner, set *flag.FlagSet, name string) {
	if set.Lookup(name) == nil {
		r.drop(key{"flag", weak.Make(set), name}) // the set is another by now
	}
	r.register(o, key{"flag", weak.Make(set), name},
		func() any { return true },
		func(any) any {
			undefine(set, name)
			return true
		})
}

// drop forgets who has registered a name.
func (r *Registry) drop(k key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.entries, k)
}

// undefine takes a flag out of a set, which has no method for that. Where the set
// is not made as it is known to be, it keeps the flag, and defining it again
// panics as in Go.
func undefine(set *flag.FlagSet, name string) {
	for _, field := range []string{"formal", "actual"} {
		f := reflect.ValueOf(set).Elem().FieldByName(field)
		if f.IsValid() && f.Type() == reflect.TypeFor[map[string]*flag.Flag]() {
			delete(*(*map[string]*flag.Flag)(unsafe.Pointer(f.UnsafeAddr())), name)
		}
	}
}
