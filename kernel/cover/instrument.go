package cover

import (
	"go/ast"
	"go/token"
	"slices"
)

// A Block is a part of a function that runs as a whole: when its first statement is
// begun, it is reached.
type Block struct {
	From, To token.Pos
	Stmts    int // how many statements it has; 0 of an empty body
	Reached  bool
}

// Instrument has a function note which of its blocks it reaches: hit is the statement
// that it notes the block with, which is called for the blocks in their order. The
// tree is changed.
//
// What a block is, is said by Go's cmd/cover, of which this is the algorithm: there
// it edits the text.
func Instrument(fn *ast.FuncDecl, hit func(block int) ast.Stmt) []Block {
	if fn.Body == nil {
		return nil
	}
	in := &instrumenter{hit: hit}
	ast.Walk(in, fn.Body)
	for _, list := range in.lists {
		list.insert()
	}
	return in.blocks
}

type instrumenter struct {
	hit    func(int) ast.Stmt
	blocks []Block
	lists  []*editedList
}

// An editedList is a list of statements with those that are to come into it. It is
// changed when the walk is over.
type editedList struct {
	list *[]ast.Stmt
	stmt []ast.Stmt
	at   []insertion
}

type insertion struct {
	before int // this one of stmt
	stmt   ast.Stmt
}

func (e *editedList) insert() {
	out := slices.Clone(e.stmt)
	for _, x := range slices.Backward(e.at) {
		out = slices.Insert(out, x.before, x.stmt)
	}
	*e.list = out
}

// Visit implements [ast.Visitor].
func (in *instrumenter) Visit(node ast.Node) ast.Visitor {
	switch n := node.(type) {
	case *ast.BlockStmt:
		in.block(n, n.Lbrace)
	case *ast.IfStmt:
		if n.Init != nil {
			ast.Walk(in, n.Init)
		}
		ast.Walk(in, n.Cond)
		ast.Walk(in, n.Body)
		if n.Else == nil {
			return nil
		}
		afterElse := min(n.Body.End()+token.Pos(len(" else")), n.Else.Pos()) // as gofmt has it
		other, ok := n.Else.(*ast.BlockStmt)
		if !ok { // another condition, which is a block of its own
			other = &ast.BlockStmt{Lbrace: afterElse, List: []ast.Stmt{n.Else}, Rbrace: n.Else.End()}
			n.Else = other
		}
		list := other.List
		in.block(other, afterElse)
		for _, st := range list {
			ast.Walk(in, st)
		}
		return nil
	case *ast.SelectStmt:
		if len(n.Body.List) == 0 {
			return nil
		}
	case *ast.SwitchStmt:
		if len(n.Body.List) == 0 {
			if n.Init != nil {
				ast.Walk(in, n.Init)
			}
			if n.Tag != nil {
				ast.Walk(in, n.Tag)
			}
			return nil
		}
	case *ast.TypeSwitchStmt:
		if len(n.Body.List) == 0 {
			if n.Init != nil {
				ast.Walk(in, n.Init)
			}
			ast.Walk(in, n.Assign)
			return nil
		}
	}
	return in
}

// block divides what is in braces, which count from a position on.
func (in *instrumenter) block(n *ast.BlockStmt, from token.Pos) {
	clauses := false
	for _, st := range n.List {
		switch c := st.(type) {
		case *ast.CaseClause:
			in.count(c.Colon+1, c.End(), &c.Body, false)
			clauses = true
		case *ast.CommClause:
			in.count(c.Colon+1, c.End(), &c.Body, false)
			clauses = true
		}
	}
	if !clauses {
		in.count(from, n.Rbrace+1, &n.List, true)
	}
}

// count divides a list of statements, which stands between two positions, into
// blocks.
func (in *instrumenter) count(from, end token.Pos, list *[]ast.Stmt, toBrace bool) {
	e := &editedList{list: list, stmt: slices.Clone(*list)}
	in.lists = append(in.lists, e)
	note := func(b Block, before int) {
		e.at = append(e.at, insertion{before, in.hit(len(in.blocks))})
		in.blocks = append(in.blocks, b)
	}
	if len(e.stmt) == 0 {
		if toBrace {
			from++ // without the brace
		}
		note(Block{From: from, To: end}, 0)
		return
	}
	for first := 0; first < len(e.stmt); {
		last, to := first, end
		for ; last < len(e.stmt); last++ {
			st := e.stmt[last]
			to = boundary(st)
			if !endsBlock(st) {
				continue
			}
			if label, ok := st.(*ast.LabeledStmt); ok && !isControl(label.Stmt) {
				// A goto may come here: what is labelled begins a block.
				alone := *label
				alone.Stmt = &ast.EmptyStmt{Semicolon: label.Stmt.Pos(), Implicit: true}
				to = label.Pos()
				e.stmt[last] = &alone
				e.stmt = slices.Insert(e.stmt, last+1, label.Stmt)
			}
			last++
			toBrace = false
			break
		}
		if toBrace {
			to = end
		}
		if from != to {
			stmts := last - first
			if last := e.stmt[last-1]; !countsWhatEnds && last.Pos() >= to {
				stmts-- // it is where the block ends, and not in it
			}
			note(Block{From: from, To: to, Stmts: stmts}, first)
		}
		if first = last; first < len(e.stmt) {
			from = e.stmt[first].Pos()
		}
	}
}

// boundary is where the block ends of which s is the last statement.
func boundary(s ast.Stmt) token.Pos {
	literalOr := func(otherwise token.Pos, parts ...ast.Node) token.Pos {
		for _, n := range parts {
			if p := firstLiteral(n); p.IsValid() {
				return p
			}
		}
		return otherwise
	}
	switch s := s.(type) {
	case *ast.BlockStmt:
		return s.Lbrace
	case *ast.IfStmt:
		return literalOr(s.Body.Lbrace, s.Init, s.Cond)
	case *ast.ForStmt:
		return literalOr(s.Body.Lbrace, s.Init, s.Cond, s.Post)
	case *ast.LabeledStmt:
		return boundary(s.Stmt)
	case *ast.RangeStmt:
		return literalOr(s.Body.Lbrace, s.X)
	case *ast.SwitchStmt:
		return literalOr(s.Body.Lbrace, s.Init, s.Tag)
	case *ast.SelectStmt:
		return s.Body.Lbrace
	case *ast.TypeSwitchStmt:
		return literalOr(s.Body.Lbrace, s.Init)
	}
	return literalOr(s.End(), s)
}

// endsBlock reports whether what comes after s need not run when s has been begun,
// or is harder to tell.
func endsBlock(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.BlockStmt, *ast.BranchStmt, *ast.ForStmt, *ast.IfStmt, *ast.LabeledStmt, *ast.RangeStmt,
		*ast.SwitchStmt, *ast.SelectStmt, *ast.TypeSwitchStmt:
		return true
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" && len(call.Args) == 1 {
				return true
			}
		}
	}
	return firstLiteral(s).IsValid()
}

// isControl reports whether a label has to stay with a statement.
func isControl(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.SelectStmt, *ast.TypeSwitchStmt:
		return true
	}
	return false
}

// firstLiteral is where the body of the first function literal in n begins.
func firstLiteral(n ast.Node) (pos token.Pos) {
	if n == nil {
		return token.NoPos // a part that the statement does not have
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && !pos.IsValid() {
			pos = lit.Body.Lbrace
		}
		return !pos.IsValid()
	})
	return pos
}
