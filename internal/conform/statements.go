package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// statements returns main's statements as cells, one each. Where a statement
// is about the rest of the function, the rest is one cell with it: from a
// defer, or what returns, to the end, and between a goto and its label. A main
// that calls itself, or declares a name again that the program has at top
// level (where it would replace that), stays a function.
func (s *splitter) statements() []string {
	if s.main == nil || s.main.Body == nil {
		return nil
	}
	if s.hides() {
		return []string{s.text(s.main)}
	}
	list := s.main.Body.List
	var cells []string
	for i := 0; i < len(list); {
		end := s.groupEnd(list, i)
		if _, empty := list[i].(*ast.EmptyStmt); !empty || end > i {
			cells = append(cells, s.between(list[i].Pos(), list[end].End()))
		}
		i = end + 1
	}
	return cells
}

// body returns all of main's statements as one cell. A main that cannot be taken
// apart stays a function.
func (s *splitter) body() []string {
	if s.main == nil || s.main.Body == nil || len(s.main.Body.List) == 0 {
		return nil
	}
	if s.hides() {
		return []string{s.text(s.main)}
	}
	list := s.main.Body.List
	return []string{s.between(list[0].Pos(), list[len(list)-1].End())}
}

// groupEnd is the index of the last statement that shares a cell with the
// i-th.
func (s *splitter) groupEnd(list []ast.Stmt, i int) int {
	end := i
	for j := i; j <= end; j++ {
		labels, gotos, open := jumps(list[j])
		if open {
			return len(list) - 1
		}
		for k := j + 1; k < len(list); k++ {
			l, g, _ := jumps(list[k])
			if meet(labels, g) || meet(gotos, l) {
				end = max(end, k)
			}
		}
	}
	return end
}

func meet(a, b map[string]bool) bool {
	for n := range a {
		if b[n] {
			return true
		}
	}
	return false
}

// jumps finds the labels and the goto statements in a statement of main.
// open says that it returns from main or defers in it.
func jumps(st ast.Stmt) (labels, gotos map[string]bool, open bool) {
	labels, gotos = map[string]bool{}, map[string]bool{}
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.LabeledStmt:
			labels[n.Label.Name] = true
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				gotos[n.Label.Name] = true
			}
		case *ast.ReturnStmt, *ast.DeferStmt:
			open = true
		}
		return true
	})
	return labels, gotos, open
}

// hides says whether main cannot be taken apart.
func (s *splitter) hides() bool {
	mainObj := s.info.Defs[s.main.Name]
	for _, o := range s.info.Uses {
		if o == mainObj {
			return true
		}
	}
	taken := func(name string) bool {
		if name == "_" {
			return false
		}
		if s.pkg.Scope().Lookup(name) != nil || types.Universe.Lookup(name) != nil {
			return true
		}
		for _, spec := range s.file.Imports {
			if o := s.info.Implicits[spec]; o != nil && o.Name() == name {
				return true
			}
			if spec.Name != nil && spec.Name.Name == name {
				return true
			}
		}
		return false
	}
	for _, st := range s.main.Body.List {
		for _, id := range declared(st) {
			if taken(id.Name) {
				return true
			}
		}
	}
	return false
}

// declared lists the names that a statement declares in main's scope.
func declared(st ast.Stmt) []*ast.Ident {
	var ids []*ast.Ident
	switch st := st.(type) {
	case *ast.LabeledStmt:
		return declared(st.Stmt)
	case *ast.AssignStmt:
		if st.Tok != token.DEFINE {
			return nil
		}
		for _, x := range st.Lhs {
			if id, ok := x.(*ast.Ident); ok {
				ids = append(ids, id)
			}
		}
	case *ast.DeclStmt:
		for _, spec := range st.Decl.(*ast.GenDecl).Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				ids = append(ids, spec.Names...)
			case *ast.TypeSpec:
				ids = append(ids, spec.Name)
			}
		}
	}
	return ids
}
