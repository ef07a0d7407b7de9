package lower

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/stdlib/instantiate"
)

// Package ssa keeps every package for ever, in tables of its own. What it keeps
// of a cell that nobody can name any more is taken out of them here, which needs
// to know how they are declared. Where they are not as expected, everything is
// kept.

// tables is what this file has to know of package ssa's types: field, and type.
var tables = []struct {
	of          reflect.Type
	field, want string
}{
	{reflect.TypeFor[ssa.Program](), "packages", "map[*types.Package]*ssa.Package"},
	{reflect.TypeFor[ssa.Program](), "canon", "*ssa.canonizer"},
	{reflect.TypeFor[ssa.Program](), "ctxt", "*types.Context"},
	{reflect.TypeFor[ssa.Program](), "methodSets", "typeutil.Map"},
	{reflect.TypeFor[ssa.Program](), "hasParams", "typeparams.Free"},
	{reflect.TypeFor[ssa.Program](), "makeInterfaceTypes", "map[types.Type]ssa.unit"},
	{reflect.TypeFor[ssa.Program](), "objectMethods", "map[*types.Func]*ssa.Function"},
	{reflect.TypeFor[ssa.Package](), "objects", "map[types.Object]ssa.Member"},
	{reflect.TypeFor[ssa.Function](), "generic", "*ssa.generic"},
}

// checkTables returns an error if package ssa does not keep things where this
// file looks for them.
func checkTables() error {
	for _, t := range tables {
		if err := hasField(t.of, t.field, t.want); err != nil {
			return err
		}
	}
	prog := reflect.TypeFor[ssa.Program]()
	canon, _ := prog.FieldByName("canon")
	if err := hasField(canon.Type.Elem(), "types", "typeutil.Map"); err != nil {
		return err
	}
	if err := hasField(canon.Type.Elem(), "lists", "ssa.typeListMap"); err != nil {
		return err
	}
	lists, _ := canon.Type.Elem().FieldByName("lists")
	if err := hasField(lists.Type, "buckets", "map[uint32][]*ssa.typeList"); err != nil {
		return err
	}
	buckets, _ := lists.Type.FieldByName("buckets")
	if l := buckets.Type.Elem().Elem().Elem(); l.Kind() != reflect.Slice || l.Elem() != reflect.TypeFor[types.Type]() {
		return fmt.Errorf("%s is a %s", l, l.Kind())
	}
	params, _ := prog.FieldByName("hasParams")
	if err := hasField(params.Type, "seen", "map[types.Type]bool"); err != nil {
		return err
	}
	generic, _ := reflect.TypeFor[ssa.Function]().FieldByName("generic")
	return hasField(generic.Type.Elem(), "instances", "map[*ssa.typeList]*ssa.Function")
}

func hasField(t reflect.Type, name, want string) error {
	f, ok := t.FieldByName(name)
	if !ok || f.Type.String() != want {
		return fmt.Errorf("%s.%s is no %s", t, name, want)
	}
	return nil
}

// field returns a field of what p, a pointer, points to. The field need not be
// exported.
func field(p reflect.Value, name string) reflect.Value {
	f := p.Elem().FieldByName(name)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr()))
}

// table returns a field whose type has a name that can be written here.
func table[T any](p reflect.Value, name string) *T { return field(p, name).Interface().(*T) }

// LetGo takes cells out of the program: packages that no cell to come refers to,
// and of which no value is left whose methods could be asked for. Functions of
// theirs that somebody still has go on working.
func (p *Program) LetGo(gone mention.Packages) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed != nil || len(gone) == 0 {
		return
	}
	for key, fn := range p.shadows {
		if gone.Function(fn) {
			delete(p.shadows, key)
		}
	}
	for fn := range p.built {
		if gone.Function(fn) {
			delete(p.built, fn)
		}
	}
	prog := reflect.ValueOf(p.SSA)
	packages := *table[map[*types.Package]*ssa.Package](prog, "packages")
	for pkg, built := range packages {
		if gone[pkg] || pkg.Path() == instantiate.Path {
			delete(packages, pkg)
			continue
		}
		for _, fn := range p.genericOf(built) {
			dropInstances(fn, gone)
		}
	}
	methodSets := table[typeutil.Map](prog, "methodSets")
	var kept typeutil.Map // a Map that things are deleted from does not shrink
	methodSets.Iterate(func(t types.Type, set any) {
		if !gone.Keeps(t) {
			kept.Set(t, set)
		}
	})
	*methodSets = kept
	for m := range *table[map[*types.Func]*ssa.Function](prog, "objectMethods") {
		if gone[m.Pkg()] {
			delete(*table[map[*types.Func]*ssa.Function](prog, "objectMethods"), m)
		}
	}

	// Nothing depends on what follows: it saves the work of finding it again, or
	// makes one of what is identical.
	canon := field(prog, "canon").Elem()
	*table[typeutil.Map](canon, "types") = typeutil.Map{}
	dropLists(field(field(canon, "lists"), "buckets").Elem(), gone)
	*table[*types.Context](prog, "ctxt") = types.NewContext()
	clear(*table[map[types.Type]bool](field(prog, "hasParams"), "seen"))
	field(prog, "makeInterfaceTypes").Elem().Clear()
	p.SSA.MethodSets = typeutil.MethodSetCache{}
}

// Ran takes the statements of a cell out of the program, which have run and do not
// run again. They refer to what the cell found, which may be a cell that did the
// same.
func (p *Program) Ran(c *Cell) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed == nil {
		delete(c.Package.Members, c.Body.Name())
		delete(*table[map[types.Object]ssa.Member](reflect.ValueOf(c.Package), "objects"), c.Body.Object())
	}
}

// genericOf lists the generic functions and methods of a package.
func (p *Program) genericOf(pkg *ssa.Package) []*ssa.Function {
	fns, ok := p.generics[pkg]
	if ok {
		return fns
	}
	for _, m := range *table[map[types.Object]ssa.Member](reflect.ValueOf(pkg), "objects") {
		if fn, ok := m.(*ssa.Function); ok && !field(reflect.ValueOf(fn), "generic").Elem().IsNil() {
			fns = append(fns, fn)
		}
	}
	if pkg.Pkg.Path() != check.Path { // of which most go sooner or later
		p.generics[pkg] = fns
	}
	return fns
}

// dropInstances takes out the instances of a generic function that are made with
// what is gone.
func dropInstances(fn *ssa.Function, gone mention.Packages) {
	instances := field(field(reflect.ValueOf(fn), "generic").Elem(), "instances").Elem()
	for it := instances.MapRange(); it.Next(); {
		if gone.Function(it.Value().Interface().(*ssa.Function)) {
			instances.SetMapIndex(it.Key(), reflect.Value{})
		}
	}
}

// dropLists takes out lists of types with something of what is gone.
func dropLists(buckets reflect.Value, gone mention.Packages) {
	list := reflect.TypeFor[[]types.Type]()
	for it := buckets.MapRange(); it.Next(); {
		kept := reflect.Zero(it.Value().Type())
		for _, l := range it.Value().Seq2() {
			if !slices.ContainsFunc(l.Elem().Convert(list).Interface().([]types.Type), gone.Keeps) {
				kept = reflect.Append(kept, l)
			}
		}
		if kept.Len() == 0 {
			buckets.SetMapIndex(it.Key(), reflect.Value{})
		} else if kept.Len() < it.Value().Len() {
			buckets.SetMapIndex(it.Key(), kept)
		}
	}
}
