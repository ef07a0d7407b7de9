package registry

import (
	"encoding/gob"
	"fmt"
	"reflect"
)

// GobRegister is gob.Register.
func (r *Registry) GobRegister(o Owner, value any) { r.gobRegister(o, gobName(value), value) }

// GobRegisterName is gob.RegisterName.
func (r *Registry) GobRegisterName(o Owner, name string, value any) { r.gobRegister(o, name, value) }

// gobTypes are the types that have had a name. For gob a type keeps its name
// for ever, so that a later one of the same name is known by a number, too: what
// is encoded and decoded in the session fits together.
type gobTypes struct {
	count map[reflect.Type]int
}

func (r *Registry) gobRegister(o Owner, name string, value any) {
	if name == "" || value == nil {
		gob.RegisterName(name, value) // panics as it does
		return
	}
	t := reflect.TypeOf(value)
	r.register(o, key{kind: "gob type", name: name},
		func() any {
			gob.RegisterName(name, value)
			return &gobTypes{count: map[reflect.Type]int{t: 1}}
		},
		func(old any) any {
			types := old.(*gobTypes)
			if types.count[t] == 0 {
				types.count[t] = len(types.count) + 1
				gob.RegisterName(fmt.Sprintf("%s #%d", name, types.count[t]), value)
			}
			return types
		})
}

// gobName is the name that gob.Register gives to a value's type.
func gobName(value any) string {
	t := reflect.TypeOf(value)
	switch {
	case t == nil:
		return ""
	case t.Name() != "" && t.PkgPath() != "":
		return t.PkgPath() + "." + t.Name()
	}
	return t.String()
}
