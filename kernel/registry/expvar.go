package registry

import (
	"expvar"
	"sync/atomic"
)

// A variable is whatever was published last under a name.
type variable struct{ now atomic.Pointer[expvar.Var] }

// String implements expvar.Var.
func (v *variable) String() string { return (*v.now.Load()).String() }

// Publish is expvar.Publish.
func (r *Registry) Publish(o Owner, name string, v expvar.Var) {
	r.register(o, key{kind: "published variable", name: name},
		func() any {
			slot := &variable{}
			slot.now.Store(&v)
			expvar.Publish(name, slot)
			return slot
		},
		func(old any) any {
			old.(*variable).now.Store(&v)
			return old
		})
}

// NewInt is expvar.NewInt.
func (r *Registry) NewInt(o Owner, name string) *expvar.Int {
	v := new(expvar.Int)
	r.Publish(o, name, v)
	return v
}

// NewFloat is expvar.NewFloat.
func (r *Registry) NewFloat(o Owner, name string) *expvar.Float {
	v := new(expvar.Float)
	r.Publish(o, name, v)
	return v
}

// NewString is expvar.NewString.
func (r *Registry) NewString(o Owner, name string) *expvar.String {
	v := new(expvar.String)
	r.Publish(o, name, v)
	return v
}

// NewMap is expvar.NewMap.
func (r *Registry) NewMap(o Owner, name string) *expvar.Map {
	v := new(expvar.Map).Init()
	r.Publish(o, name, v)
	return v
}

// Published is expvar.Get.
func Published(name string) expvar.Var { return unwrapped(expvar.Get(name)) }

func unwrapped(v expvar.Var) expvar.Var {
	if slot, ok := v.(*variable); ok {
		return *slot.now.Load()
	}
	return v
}

// EachPublished is expvar.Do.
func EachPublished(f func(expvar.KeyValue)) {
	expvar.Do(func(kv expvar.KeyValue) {
		kv.Value = unwrapped(kv.Value)
		f(kv)
	})
}
