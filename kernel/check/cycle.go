package check

import (
	"go/ast"
	"go/types"
)

// anonymousCycle is what Go's compiler says of an interface that refers to
// itself through one that has no name. The type checker accepts it, and whatever
// follows such a type to its end never comes back: the checker's own printing
// and comparing, and everything after it.
const anonymousCycle = "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)"

// checkAnonymous refuses such interfaces.
func (b *builder) checkAnonymous() {
	c := cycles{state: map[types.Type]visit{}}
	ast.Inspect(b.unit.File, func(n ast.Node) bool {
		x, ok := n.(*ast.InterfaceType)
		if !ok {
			return true
		}
		if t, ok := b.unit.Info.TypeOf(x).(*types.Interface); ok && c.methods(t, 0) {
			b.errs = append(b.errs, b.s.errorAt(x.Pos(), anonymousCycle))
			// The others in the cycle are not worth an error of their own.
			for t, s := range c.state {
				if s == cyclic {
					c.state[t] = finished
				}
			}
		}
		return false // inner ones have been visited
	})
}

type visit int

const (
	underway visit = iota + 1
	cyclic
	finished
)

// cycles finds cycles of interfaces without names.
type cycles struct{ state map[types.Type]visit }

// deepest is how many interfaces without names may lie in each other. No
// cell has as many: see deepestType.
const deepest = 2 * deepestType

// methods reports whether an interface's methods lead back to where the search
// has come from.
func (c *cycles) methods(t *types.Interface, depth int) bool {
	found := false
	for m := range t.Methods() {
		found = c.leads(m.Type(), depth+1) || found
	}
	return found
}

func (c *cycles) leads(t types.Type, depth int) bool {
	if depth > deepest {
		return true
	}
	t = types.Unalias(t)
	switch c.state[t] {
	case finished:
		return false
	case underway, cyclic:
		return true
	}
	if c.inside(t, depth) {
		return true
	}
	c.state[t] = finished
	return false
}

// inside is leads for the parts of a type.
func (c *cycles) inside(t types.Type, depth int) bool {
	switch t := t.(type) {
	case *types.Pointer:
		return c.leads(t.Elem(), depth)
	case *types.Slice:
		return c.leads(t.Elem(), depth)
	case *types.Array:
		return c.leads(t.Elem(), depth)
	case *types.Chan:
		return c.leads(t.Elem(), depth)
	case *types.Map:
		return c.leads(t.Key(), depth) || c.leads(t.Elem(), depth)
	case *types.Struct:
		for f := range t.Fields() {
			if c.leads(f.Type(), depth) {
				return true
			}
		}
	case *types.Signature:
		return c.leads(t.Params(), depth) || c.leads(t.Results(), depth)
	case *types.Tuple:
		for v := range t.Variables() {
			if c.leads(v.Type(), depth) {
				return true
			}
		}
	case *types.Interface:
		c.state[t] = underway
		if c.methods(t, depth) {
			c.state[t] = cyclic
			return true
		}
	}
	return false // what has a name can be no part of such a cycle
}
