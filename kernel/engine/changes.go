package engine

import (
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/internal/spelling"
)

// A cell that runs many times begins each time with the session as it was, as far
// as that can be: variables that it assigns to are put back. What their values lead
// to is not.

// variables is an Executor whose variables can be reached.
type variables interface {
	Variable(g *ssa.Global) (reflect.Value, error)
}

// changes are the variables of the session that a cell changes.
type changes struct {
	assigned []kept
	inside   []string // names of those whose elements change
}

type kept struct {
	name      string
	now, then reflect.Value
}

// zero gives the variables that the cell declares the values that they have before
// its first statement.
func (e *Engine) zero(p *prepared) {
	x, ok := e.executor.(variables)
	if !ok {
		return
	}
	for _, v := range p.unit.Vars {
		if r, err := x.Variable(p.cell.Global(v.Obj)); err == nil {
			r.SetZero()
		}
	}
}

// restore puts variables back.
func (c *changes) restore() {
	for _, k := range c.assigned {
		k.now.Set(k.then)
	}
}

// text says what changes, or nothing.
func (c *changes) text() string {
	var parts []string
	var names []string
	for _, k := range c.assigned {
		names = append(names, k.name)
	}
	if len(names) > 0 {
		parts = append(parts, fmt.Sprintf("the cell assigns to %s of the session: each run begins with the value of now, and so does what comes after", spelling.List(names, "and")))
	}
	if len(c.inside) > 0 {
		parts = append(parts, fmt.Sprintf("it changes what is in %s of the session: each run begins with what the one before has left there", spelling.List(c.inside, "and")))
	}
	return strings.Join(parts, "; ")
}

// sessionChanges finds the session's variables that a cell, or a function that it
// refers to, changes.
func (e *Engine) sessionChanges(p *prepared) *changes {
	c := &changes{}
	x, ok := e.executor.(variables)
	if !ok {
		return c
	}
	own := map[*ssa.Global]bool{}
	for _, v := range p.unit.Vars {
		own[p.cell.Global(v.Obj)] = true
	}
	for _, r := range p.unit.Results {
		own[p.cell.Global(r)] = true
	}
	s := search{own: own, assigned: map[*ssa.Global]bool{}, inside: map[*ssa.Global]bool{}, seen: map[*ssa.Function]bool{}}
	s.function(p.cell.Body)
	for g := range s.assigned {
		v, err := x.Variable(g)
		if err != nil {
			continue
		}
		then := reflect.New(v.Type()).Elem()
		then.Set(v)
		c.assigned = append(c.assigned, kept{g.Name(), v, then})
		delete(s.inside, g)
	}
	slices.SortFunc(c.assigned, func(a, b kept) int { return strings.Compare(a.name, b.name) })
	for g := range s.inside {
		c.inside = append(c.inside, g.Name())
	}
	slices.Sort(c.inside)
	return c
}

// A search goes through what code refers to.
type search struct {
	own              map[*ssa.Global]bool
	assigned, inside map[*ssa.Global]bool
	seen             map[*ssa.Function]bool
}

func (s *search) function(fn *ssa.Function) {
	if fn == nil || s.seen[fn] || fn.Pkg == nil || !isSession(fn) {
		return
	}
	s.seen[fn] = true
	var operands [16]*ssa.Value
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			switch in := in.(type) {
			case *ssa.Store:
				s.store(in.Addr)
			case *ssa.MapUpdate:
				s.content(in.Map)
			case *ssa.Send:
				s.content(in.Chan)
			case *ssa.Select:
				for _, state := range in.States {
					s.content(state.Chan)
				}
			case *ssa.UnOp:
				if in.Op == token.ARROW {
					s.content(in.X)
				}
			case ssa.CallInstruction:
				if b, ok := in.Common().Value.(*ssa.Builtin); ok && (b.Name() == "close" || b.Name() == "delete" || b.Name() == "clear" || b.Name() == "copy") {
					s.content(in.Common().Args[0])
				}
			}
			for _, op := range in.Operands(operands[:0]) {
				if f, ok := (*op).(*ssa.Function); ok {
					s.function(f)
				}
			}
		}
	}
	for _, lit := range fn.AnonFuncs {
		s.function(lit)
	}
}

// isSession reports whether a function is of a cell.
func isSession(fn *ssa.Function) bool {
	return strings.HasPrefix(fn.Pkg.Pkg.Path(), "main")
}

// store notes an assignment.
func (s *search) store(addr ssa.Value) {
	switch a := addr.(type) {
	case *ssa.Global:
		s.note(s.assigned, a)
	case *ssa.FieldAddr:
		s.store(a.X)
	case *ssa.IndexAddr:
		s.store(a.X)
	case *ssa.UnOp:
		s.content(a)
	}
}

// content notes that something changes that a value leads to.
func (s *search) content(v ssa.Value) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if g, ok := v.X.(*ssa.Global); ok {
			s.note(s.inside, g)
		} else {
			s.content(v.X)
		}
	case *ssa.FieldAddr:
		s.content(v.X)
	case *ssa.IndexAddr:
		s.content(v.X)
	case *ssa.Slice:
		s.content(v.X)
	case *ssa.ChangeType:
		s.content(v.X)
	}
}

func (s *search) note(set map[*ssa.Global]bool, g *ssa.Global) {
	if !s.own[g] && g.Pkg != nil && strings.HasPrefix(g.Pkg.Pkg.Path(), "main") {
		set[g] = true
	}
}
