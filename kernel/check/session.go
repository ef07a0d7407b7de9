package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/gosched/gosched/kernel/cell"
)

// Config is what a Session asks of its surroundings.
type Config struct {
	Fset     *token.FileSet
	Importer types.Importer
	// Resolve finds the package that is meant by a package name with which
	// the given names are selected, for imports that nobody wrote.
	Resolve func(name string, symbols []string) (path string, ok bool)
	// Packages lists the names of the packages that Resolve knows, for hints
	// about mistyped ones. It may be nil.
	Packages func() []string
	// GoVersion is the language version, such as "go1.26".
	GoVersion string
	Sizes     types.Sizes
}

// A Session knows what the names of all cells mean. It is not safe for
// concurrent use.
type Session struct {
	cfg     Config
	names   map[string]*decl   // by declared name
	methods map[string][]*decl // by name of the receiver's type
	imports map[string]string  // path by package name
	hidden  map[string]string  // paths of packages whose names have been declared since
	dots    []string           // paths of dot imports
	units   int
	kept    map[*types.Package]*kept
	// forgotten are names that functions may still be using.
	forgotten map[string]bool
	stale     map[string]bool // paths of packages that are others since the last unit
	again     Again           // see CheckAgain
}

// New returns a session in which nothing is declared.
func New(cfg Config) *Session {
	return &Session{
		cfg:     cfg,
		names:   map[string]*decl{},
		methods: map[string][]*decl{},
		imports: map[string]string{},
		hidden:  map[string]string{},
		kept:    map[*types.Package]*kept{},

		forgotten: map[string]bool{},
	}
}

// A decl is a top-level declaration that is in force.
type decl struct {
	cell  *cell.Cell
	node  ast.Node // *ast.FuncDecl, *ast.GenDecl, or the statement that declares variables
	spec  int      // which spec of a type declaration this is
	kind  token.Token
	names []string
	recv  string // a method's receiver type
	uses  map[string]bool
	objs  map[string]types.Object
	pkg   *types.Package
}

// title is what people call the declaration.
func (d *decl) title() string {
	if d.recv != "" {
		return d.recv + "." + d.names[0]
	}
	return d.names[0]
}

// Lookup returns what a name means in the next cell, or nil.
func (s *Session) Lookup(name string) types.Object {
	if d := s.names[name]; d != nil {
		return d.objs[name]
	}
	return nil
}

// Names lists the names that are declared, imports left out.
func (s *Session) Names() []string {
	names := make([]string, 0, len(s.names))
	for n := range s.names {
		names = append(names, n)
	}
	return names
}

// Imports returns the session's imports: path by package name.
func (s *Session) Imports() map[string]string { return s.imports }

// Stale says that importing these paths gives other packages from now on.
// Declarations that use them are built again with the next unit.
func (s *Session) Stale(paths []string) {
	if s.stale == nil {
		s.stale = map[string]bool{}
	}
	for _, p := range paths {
		s.stale[p] = true
	}
}

// Commit puts a checked unit's declarations into force. Replaced are those of
// [Session.Redeclared] that no value is of the old type of any more.
func (s *Session) Commit(u *Unit, replaced []Redeclared) {
	clear(s.stale)
	s.keep(u)
	for _, r := range replaced {
		s.replaced(r)
	}
	for name, path := range u.imports {
		delete(s.names, name)
		delete(s.hidden, name)
		s.imports[name] = path
	}
	maps.Copy(s.hidden, u.hidden)
	s.dots = append(s.dots, u.dots...)
	for _, d := range u.decls {
		if d.recv != "" {
			s.setMethod(d)
			continue
		}
		for _, n := range d.names {
			if d.kind == token.TYPE && s.names[n] != nil && !u.rebuilt[d] {
				s.keepMethods(n, u)
			}
			if path := s.imports[n]; path != "" {
				s.hidden[n] = path
				delete(s.imports, n)
			}
			s.names[n] = d
		}
	}
}

// Superseded lists the variables and functions whose place others take when a
// unit is committed, and that no declaration in force refers to. A variable
// whose memory goes to the one that takes its place is among them. Same is what
// [Session.Redeclared] says of the unit.
func (s *Session) Superseded(u *Unit, same []Redeclared) []types.Object {
	if len(u.Notes) > 0 {
		return nil // something stays in use as it was, with what it uses
	}
	var list []types.Object
	for _, d := range u.decls {
		for n, now := range d.objs {
			if old := s.Lookup(n); old != nil && old != now {
				list = append(list, old)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	late := s.usedLate(same)
	return slices.DeleteFunc(list, func(o types.Object) bool { return late[o.Name()] })
}

// usedLate is what generic functions and methods use: they are compiled when a
// program first calls them, perhaps long after the cell that they belong to. The
// methods of types that are declared again as they were are not called again.
func (s *Session) usedLate(same []Redeclared) map[string]bool {
	replaced := map[string]bool{}
	for _, r := range same {
		replaced[r.Old.Obj().Name()] = true
	}
	late := map[string]bool{}
	for _, d := range s.inForce() {
		f, ok := d.node.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if f.Type.TypeParams != nil || d.recv != "" && !replaced[d.recv] {
			for n := range d.uses {
				late[n] = true
			}
		}
	}
	return late
}

// keepMethods drops the methods of a type that the unit declares anew without
// them.
func (s *Session) keepMethods(typ string, u *Unit) {
	kept := s.methods[typ][:0]
	for _, m := range s.methods[typ] {
		if u.has(m) {
			kept = append(kept, m)
		}
	}
	s.methods[typ] = kept
}

func (s *Session) setMethod(d *decl) {
	list := s.methods[d.recv]
	for i, m := range list {
		if m.names[0] == d.names[0] {
			list[i] = d
			return
		}
	}
	s.methods[d.recv] = append(list, d)
}
