package check

import "go/types"

// Path is the package path of every cell.
const Path = "main"

// A kept is a cell's package that is not let go yet.
type kept struct {
	refers map[*types.Package]bool // packages of cells that its declarations refer to
	// lasting are its types whose values may need it, and there is no telling
	// whether there are any: those with methods, and generic ones.
	lasting map[*types.Named]bool
}

// keep remembers the package of a unit that is being committed.
func (s *Session) keep(u *Unit) {
	k := &kept{refers: map[*types.Package]bool{}, lasting: map[*types.Named]bool{}}
	body := u.Body()
	for id, o := range u.Info.Uses {
		// The statements run once, and now.
		if p := o.Pkg(); p != nil && p != u.Pkg && p.Path() == Path && (body == nil || id.Pos() < body.Pos() || body.End() <= id.Pos()) {
			k.refers[p] = true
		}
	}
	for _, o := range u.Info.Defs {
		if t, ok := o.(*types.TypeName); ok && !t.IsAlias() {
			if n, ok := t.Type().(*types.Named); ok && lasts(n) {
				k.lasting[n] = true
			}
		}
	}
	s.kept[u.Pkg] = k
}

// lasts reports whether a type is generic or has methods of its own or of what
// it embeds.
func lasts(n *types.Named) bool {
	if n.TypeParams().Len() > 0 {
		return true
	}
	return !types.IsInterface(n) && types.NewMethodSet(types.NewPointer(n)).Len() > 0
}

// replaced says that values of a type are those of another from now on.
func (s *Session) replaced(r Redeclared) {
	if k := s.kept[r.Old.Obj().Pkg()]; k != nil {
		delete(k.lasting, r.Old)
	}
}

// Packages is how many packages of cells the session has that [Session.LetGo]
// has not listed.
func (s *Session) Packages() int { return len(s.kept) }

// LetGo lists the packages of cells that nothing in the session refers to any
// more, once: no declaration is in force that is from there or refers to one,
// and none is of a type that lasts. Those in use are left alone; it may be nil.
func (s *Session) LetGo(inUse func(*types.Package) bool) map[*types.Package]bool {
	needed := map[*types.Package]bool{}
	var need func(p *types.Package)
	need = func(p *types.Package) {
		if k := s.kept[p]; k != nil && !needed[p] {
			needed[p] = true
			for q := range k.refers {
				need(q)
			}
		}
	}
	for _, d := range s.inForce() {
		need(d.pkg)
	}
	for p, k := range s.kept {
		if len(k.lasting) > 0 || inUse != nil && inUse(p) {
			need(p)
		}
	}
	gone := map[*types.Package]bool{}
	for p := range s.kept {
		if !needed[p] {
			gone[p] = true
			delete(s.kept, p)
		}
	}
	return gone
}
