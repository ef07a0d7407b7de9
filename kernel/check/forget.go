package check

import "go/types"

// Forget makes names mean nothing to later cells. It returns the variables and
// functions that nothing in force can need any more; what was compiled with a
// name keeps it.
func (s *Session) Forget(names ...string) []types.Object {
	var gone []types.Object
	for _, n := range names {
		d := s.names[n]
		if d == nil {
			continue
		}
		gone = append(gone, d.objs[n])
		delete(s.names, n)
		s.forgotten[n] = true
		delete(s.methods, n)
	}
	late := s.usedLate(nil)
	kept := gone[:0]
	for _, o := range gone {
		if o != nil && !late[o.Name()] {
			kept = append(kept, o)
		}
	}
	return kept
}

// ForgetImports forgets what cells have imported by themselves.
func (s *Session) ForgetImports() {
	clear(s.imports)
	clear(s.hidden)
	s.dots = nil
}
