package stdlib

import (
	"reflect"

	"github.com/gosched/gosched/kernel/stdlib/symbols"
)

// A Symbol is what an exported name of a compiled package stands for at run
// time.
type Symbol struct {
	// Value is a function, or a variable: then it is addressable and is the
	// variable itself. It is invalid for a type.
	Value reflect.Value
	// Type is the type that the name declares, or nil for a function or
	// variable.
	Type reflect.Type
}

// IsVar reports whether the symbol is a variable.
func (s Symbol) IsVar() bool { return s.Value.CanAddr() }

// Lookup returns a function, variable or type of a compiled package. It
// reports false for what has no existence at run time: constants, whose
// values go/types knows, generic functions and types, constraints, and
// everything in packages that are run from source.
func Lookup(pkgPath, name string) (Symbol, bool) {
	table := symbols.Table(pkgPath)
	if table == nil {
		return Symbol{}, false
	}
	v, t := table(name)
	return Symbol{Value: v, Type: t}, v.IsValid() || t != nil
}
