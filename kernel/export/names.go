package export

import (
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// names are the names that things have in the program.
type names struct {
	objects map[object]string
	imports map[string]string // by path
	taken   map[string]bool
	written map[string]bool // identifiers that the notebook has anywhere
	used    map[string]bool // paths of packages, of the file that is being written
}

// nameAll names packages, and what stands at the program's top level.
func (x *exporter) nameAll() {
	n := &names{objects: map[object]string{}, imports: map[string]string{}, taken: map[string]bool{}, written: map[string]bool{}, used: map[string]bool{}}
	x.names = n
	for _, name := range types.Universe.Names() {
		n.taken[name] = true
	}
	for _, name := range []string{"main", "init", "_"} {
		n.taken[name] = true
	}
	for _, s := range x.states {
		identifiers([]byte(s.Source), n.written)
	}
	for _, u := range x.units {
		n.taken[x.cellName(u)] = true
		var at []token.Pos
		for p := range u.objects {
			at = append(at, p)
		}
		slices.Sort(at)
		for _, p := range at {
			if pkg, ok := u.objects[p].(*types.PkgName); ok {
				n.pkg(pkg.Imported().Path(), strings.TrimSuffix(pkg.Name(), "·pkg"))
			}
		}
	}
	n.pkg("fmt", "fmt")
	for _, name := range []string{"show", "rest", "pause", "mayFail"} {
		n.taken[name] = true
	}
	for _, v := range x.versions {
		if v.needed && v.recv == "" {
			for i, o := range v.objects {
				if o != nil && v.names[i] != "_" {
					n.name(o, v.names[i], v.in.state.Number)
				}
			}
		}
	}
	for _, u := range x.units {
		for _, v := range u.vars {
			if v.hoisted && x.canon(v.object) == v.object {
				n.name(v.object, v.object.Name(), u.state.Number)
			}
		}
	}
}

// pkg names a package, or says how it is called already.
func (n *names) pkg(path, name string) string {
	if name, ok := n.imports[path]; ok {
		return name
	}
	if name == "." || name == "_" || name == "" {
		name = path[strings.LastIndexByte(path, '/')+1:]
	}
	n.imports[path] = n.free(name, 2)
	return n.imports[path]
}

func (n *names) name(o object, name string, cell int) {
	if _, ok := n.objects[o]; !ok {
		n.objects[o] = n.free(name, cell)
	}
}

// free is a name that is not taken: the given one, or that with a number.
func (n *names) free(name string, number int) string {
	free := name
	for i := number; n.taken[free] || free != name && n.written[free]; i++ {
		free = name + strconv.Itoa(i)
		if i > number {
			free = fmt.Sprintf("%s%d_%d", name, number, i-number+1)
		}
	}
	n.taken[free] = true
	return free
}

// helper is the name of a function of the program's own.
func (x *exporter) cellName(u *unit) string {
	name := "cell" + strconv.Itoa(u.state.Number)
	for x.names.written[name] {
		name += "_"
	}
	return name
}

// of is what an object is called, where that is not what its cell calls it.
func (x *exporter) nameOf(o object) (string, bool) {
	switch o := o.(type) {
	case *types.PkgName:
		path := o.Imported().Path()
		x.names.used[path] = true
		return x.names.imports[path], true
	case *types.Var:
		if o.Embedded() {
			t := types.Unalias(o.Origin().Type())
			if p, ok := t.(*types.Pointer); ok {
				t = types.Unalias(p.Elem())
			}
			if named, ok := t.(*types.Named); ok && inSession(named.Origin().Obj()) {
				return x.nameOf(named.Origin().Obj())
			}
			return "", false
		}
	}
	if !inSession(o) {
		return "", false
	}
	name, ok := x.names.objects[x.canon(o)]
	return name, ok
}

// identifiers adds those that stand in a text.
func identifiers(text []byte, to map[string]bool) {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), text, func(token.Position, string) {}, 0)
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return
		case token.IDENT:
			to[lit] = true
		}
	}
}
