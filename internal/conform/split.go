package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"sort"
	"strings"

	"github.com/gosched/gosched/kernel/stdlib"
)

// A mode is a way to give a program to the kernel.
type mode string

const (
	modeCell   mode = "cell"
	modeSource mode = "source"
	modeDeps   mode = "deps"
	modeMain   mode = "main"
	modeRerun  mode = "rerun"
)

var allModes = []mode{modeCell, modeSource, modeDeps, modeMain, modeRerun}

// split returns the cells of a program in a mode.
func split(src string, m mode) ([]string, error) {
	if m == modeCell {
		return []string{src}, nil
	}
	s, err := newSplitter(src)
	if err != nil {
		return nil, err
	}
	var cells []string
	if len(s.imports) > 0 {
		cells = append(cells, strings.Join(s.imports, "\n"))
	}
	switch m {
	case modeDeps:
		cells = append(cells, s.dependencyOrder()...)
	case modeRerun:
		cells = append(cells, s.rerun()...)
	default:
		cells = append(cells, s.sourceOrder()...)
	}
	if m == modeMain || m == modeRerun {
		return append(cells, s.body()...), nil
	}
	return append(cells, s.statements()...), nil
}

// A splitter knows a program's declarations and what uses what.
type splitter struct {
	fset    *token.FileSet
	src     string
	file    *ast.File
	pkg     *types.Package
	info    *types.Info
	imports []string
	main    *ast.FuncDecl

	decls   []*declaration
	owner   map[types.Object]*declaration
	methods map[types.Object][]*declaration // by type name
}

// A declaration is a top-level one, other than imports and main.
type declaration struct {
	node  ast.Decl
	index int // place in the source
	isVar bool
	init  bool // func init, which runs after all variables are initialised
	recv  types.Object
	uses  map[*declaration]bool
}

func newSplitter(src string) (*splitter, error) {
	s := &splitter{
		fset:    token.NewFileSet(),
		src:     src,
		owner:   map[types.Object]*declaration{},
		methods: map[types.Object][]*declaration{},
		info: &types.Info{
			Defs:       map[*ast.Ident]types.Object{},
			Uses:       map[*ast.Ident]types.Object{},
			Instances:  map[*ast.Ident]types.Instance{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
			Implicits:  map[ast.Node]types.Object{},
		},
	}
	var err error
	s.file, err = parser.ParseFile(s.fset, "program.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("splitting a program: %w", err)
	}
	conf := types.Config{
		Importer: stdlib.NewImporter(s.fset),
		Sizes:    types.SizesFor("gc", runtime.GOARCH),
		Error:    func(error) {}, // what is unused does no harm, and the native build tells the rest
	}
	s.pkg, _ = conf.Check("main", s.fset, []*ast.File{s.file}, s.info)
	s.declarations()
	return s, nil
}

// text is a node's source, with its documentation.
func (s *splitter) text(n ast.Node) string {
	pos := n.Pos()
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Doc != nil {
			pos = n.Doc.Pos()
		}
	case *ast.GenDecl:
		if n.Doc != nil {
			pos = n.Doc.Pos()
		}
	}
	return s.between(pos, n.End())
}

func (s *splitter) between(from, to token.Pos) string {
	return s.src[s.fset.Position(from).Offset:s.fset.Position(to).Offset]
}

func (s *splitter) declarations() {
	for _, d := range s.file.Decls {
		dd := &declaration{node: d, index: len(s.decls)}
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				s.imports = append(s.imports, s.text(d))
				continue
			}
			dd.isVar = d.Tok == token.VAR
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.own(spec.Name, dd)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						s.own(id, dd)
					}
				}
			}
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "main" {
				s.main = d
				continue
			}
			dd.init = d.Recv == nil && d.Name.Name == "init"
			s.own(d.Name, dd)
			if fn, ok := s.info.Defs[d.Name].(*types.Func); ok && d.Recv != nil {
				if t := receiver(fn); t != nil {
					dd.recv = t
					s.methods[t] = append(s.methods[t], dd)
				}
			}
		}
		s.decls = append(s.decls, dd)
	}
	for _, d := range s.decls {
		d.uses = s.usesOf(d.node, d)
	}
}

func (s *splitter) own(id *ast.Ident, d *declaration) {
	if o := s.info.Defs[id]; o != nil {
		s.owner[o] = d
	}
}

// receiver is the name of the type that a method belongs to.
func receiver(fn *types.Func) types.Object {
	recv := fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

// usesOf finds the declarations that must be there for n to work: those it
// names, and, for anything but a type, the methods of types it names, which
// are part of what a value of the type is.
func (s *splitter) usesOf(n ast.Node, self *declaration) map[*declaration]bool {
	uses := map[*declaration]bool{}
	add := func(d *declaration) {
		if d != nil && d != self {
			uses[d] = true
		}
	}
	isType := false
	if g, ok := n.(*ast.GenDecl); ok && g.Tok == token.TYPE {
		isType = true
	}
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		o := s.info.Uses[id]
		switch x := o.(type) {
		case *types.Func:
			o = x.Origin()
		case *types.Var:
			o = x.Origin()
		}
		add(s.owner[o])
		if v, ok := o.(*types.Var); ok && !isType {
			s.addMethods(v.Type(), add, 0) // of a value that may become an interface
		}
		if t, ok := o.(*types.TypeName); ok && !(isType && s.info.Instances[id].TypeArgs == nil) && (self == nil || self.recv != o) {
			for _, m := range s.methods[t] {
				add(m)
			}
		}
		if inst := s.info.Instances[id]; inst.TypeArgs != nil {
			// What an instance's arguments must implement are methods.
			for t := range inst.TypeArgs.Types() {
				s.addMethods(t, add, 0)
			}
		}
		return true
	})
	return uses
}

// addMethods adds the methods of the types that t is made of.
func (s *splitter) addMethods(t types.Type, add func(*declaration), depth int) {
	if depth > 4 {
		return
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		for _, m := range s.methods[t.Origin().Obj()] {
			add(m)
		}
	case interface{ Elem() types.Type }:
		s.addMethods(t.Elem(), add, depth+1)
	}
}

// sourceOrder returns the declarations as cells in the order of the source.
func (s *splitter) sourceOrder() (cells []string) {
	for _, group := range s.sourceGroups() {
		cells = append(cells, strings.Join(s.texts(group), "\n\n"))
	}
	return cells
}

// sourceGroups are the declarations that share a cell, in the order of the
// source. A declaration that uses what comes later shares a cell with it and
// everything between.
func (s *splitter) sourceGroups() (groups [][]*declaration) {
	var list, inits []*declaration
	for _, d := range s.decls {
		if d.init {
			inits = append(inits, d)
		} else {
			list = append(list, d)
		}
	}
	place := map[*declaration]int{}
	for i, d := range list {
		place[d] = i
	}
	for i := 0; i < len(list); {
		end := i
		for j := i; j <= end; j++ {
			for u := range list[j].uses {
				if k, ok := place[u]; ok {
					end = max(end, k)
				}
			}
		}
		groups = append(groups, list[i:end+1])
		i = end + 1
	}
	for _, d := range inits {
		groups = append(groups, []*declaration{d})
	}
	return groups
}

// rerun returns the declarations in the order of the source, each of them twice
// where that makes no difference: cells are run again, and mean then what they
// meant before. Variables, whose initialisation may do anything, come once.
func (s *splitter) rerun() (cells []string) {
	for _, group := range s.sourceGroups() {
		cell := strings.Join(s.texts(group), "\n\n")
		cells = append(cells, cell)
		if !slices.ContainsFunc(group, s.once) {
			cells = append(cells, cell)
		}
	}
	return cells
}

// once says whether a declaration may not be run twice.
func (s *splitter) once(d *declaration) bool {
	if d.init {
		return !registers(d.node)
	}
	return d.isVar
}

// registers says whether an init function does nothing but register what it has
// with packages that keep such things by name.
func registers(d ast.Decl) bool {
	fn, ok := d.(*ast.FuncDecl)
	if !ok || fn.Body == nil {
		return false
	}
	for _, st := range fn.Body.List {
		call, ok := st.(*ast.ExprStmt)
		if !ok {
			return false
		}
		name := types.ExprString(call.X)
		name, _, _ = strings.Cut(name, "(")
		switch name {
		case "gob.Register", "gob.RegisterName", "expvar.Publish", "flag.Int", "flag.String", "flag.Bool", "http.HandleFunc", "http.Handle", "sql.Register":
		default:
			return false
		}
	}
	return true
}

func (s *splitter) texts(list []*declaration) []string {
	var out []string
	for _, d := range list {
		out = append(out, s.text(d.node))
	}
	return out
}

// dependencyOrder returns the declarations as cells so that what is used comes
// before what uses it. Those that use each other share a cell. Among what
// could come next, variables wait, and are then taken in the order of the
// source, as Go initialises them; func init comes last.
func (s *splitter) dependencyOrder() []string {
	comps := s.components()
	of := map[*declaration]int{}
	for i, c := range comps {
		for _, d := range c {
			of[d] = i
		}
	}
	rank := func(c []*declaration) [2]int {
		r := [2]int{0, c[0].index}
		for _, d := range c {
			if d.init {
				r[0] = 2
			} else if d.isVar && r[0] == 0 {
				r[0] = 1
			}
		}
		return r
	}
	order := make([]int, len(comps))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool {
		a, b := rank(comps[order[i]]), rank(comps[order[j]])
		return a[0] < b[0] || a[0] == b[0] && a[1] < b[1]
	})
	done := make([]bool, len(comps))
	ready := func(i int) bool {
		for _, d := range comps[i] {
			for u := range d.uses {
				if j, ok := of[u]; ok && j != i && !done[j] {
					return false
				}
			}
		}
		return true
	}
	var cells []string
	for range comps {
		for _, i := range order {
			if !done[i] && ready(i) {
				done[i] = true
				cells = append(cells, strings.Join(s.texts(comps[i]), "\n\n"))
				break
			}
		}
	}
	return cells
}

// components finds the sets of declarations that use each other (Tarjan).
func (s *splitter) components() [][]*declaration {
	var comps [][]*declaration
	index := map[*declaration]int{}
	low := map[*declaration]int{}
	onStack := map[*declaration]bool{}
	var stack []*declaration
	var visit func(d *declaration)
	visit = func(d *declaration) {
		index[d] = len(index) + 1
		low[d] = index[d]
		stack = append(stack, d)
		onStack[d] = true
		for _, u := range sorted(d.uses) {
			if index[u] == 0 {
				visit(u)
				low[d] = min(low[d], low[u])
			} else if onStack[u] {
				low[d] = min(low[d], index[u])
			}
		}
		if low[d] != index[d] {
			return
		}
		var c []*declaration
		for {
			u := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			onStack[u] = false
			c = append(c, u)
			if u == d {
				break
			}
		}
		sort.Slice(c, func(i, j int) bool { return c[i].index < c[j].index })
		comps = append(comps, c)
	}
	for _, d := range s.decls {
		if index[d] == 0 {
			visit(d)
		}
	}
	return comps
}

func sorted(set map[*declaration]bool) []*declaration {
	var list []*declaration
	for d := range set {
		list = append(list, d)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].index < list[j].index })
	return list
}
