package compile

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/sched"
)

// site describes a channel or lock operand for reports.
func (c *compiler) site(v ssa.Value) *sched.Site {
	t := v.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // the receiver of a lock's method
	}
	s := &sched.Site{Name: c.operandName(v), Type: types.TypeString(t, shortPackage), Element: c.element(v)}
	if c.observed {
		s.Place = c.place()
		s.Variable = isVariable(v)
	}
	return s
}

// assignedName looks in the source for the variable that the value of a call or
// a literal is assigned to; in SSA form it has none.
func (c *compiler) assignedName(v ssa.Value) string {
	if ct, ok := v.(*ssa.ChangeType); ok {
		v = ct.X
	}
	if c.names == nil {
		c.names = map[token.Pos]string{}
		top := c.ssa
		for top.Parent() != nil {
			top = top.Parent()
		}
		if n := top.Syntax(); n != nil {
			collectNames(n, c.names)
		}
	}
	return c.names[v.Pos()]
}

// collectNames finds x = call(...), x = T{...} and the like, by the position that
// the value has in SSA form.
func collectNames(n ast.Node, names map[token.Pos]string) {
	note := func(lhs, rhs ast.Expr) {
		id, ok := lhs.(*ast.Ident)
		if !ok || id.Name == "_" {
			return
		}
		rhs = ast.Unparen(rhs)
		if and, ok := rhs.(*ast.UnaryExpr); ok && and.Op == token.AND {
			rhs = ast.Unparen(and.X)
		}
		switch rhs := rhs.(type) {
		case *ast.CallExpr:
			names[rhs.Lparen], names[rhs.Pos()] = id.Name, id.Name
		case *ast.CompositeLit:
			names[rhs.Lbrace] = id.Name
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) {
				for i := range n.Lhs {
					note(n.Lhs[i], n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			if len(n.Names) == len(n.Values) {
				for i := range n.Names {
					note(n.Names[i], n.Values[i])
				}
			}
		}
		return true
	})
}

func shortPackage(p *types.Package) string { return p.Name() }

// operandName is the variable that a value comes from, as far as that can be
// told.
func (c *compiler) operandName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Parameter:
		return v.Name()
	case *ssa.FreeVar:
		return v.Name()
	case *ssa.Global:
		return v.Name()
	case *ssa.Alloc:
		if name := c.assignedName(v); name != "" {
			return name
		}
		if unnamedAllocs[v.Comment] || strings.Contains(v.Comment, " ") {
			return ""
		}
		return v.Comment
	case *ssa.Phi:
		return v.Comment
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return c.operandName(v.X)
		}
	case *ssa.ChangeType:
		return c.operandName(v.X)
	case *ssa.FieldAddr:
		if x := c.operandName(v.X); x != "" {
			return x + "." + link.FieldName(v)
		}
		return link.FieldName(v)
	case *ssa.Field:
		st := v.X.Type().Underlying().(*types.Struct)
		return st.Field(v.Field).Name()
	case *ssa.IndexAddr:
		if x := c.operandName(v.X); x != "" {
			return x + link.UnknownIndex
		}
	case *ssa.Lookup:
		if x := c.operandName(v.X); x != "" {
			return x + link.UnknownIndex
		}
	case *ssa.Extract:
		if m, ok := v.Tuple.(*ssa.Lookup); ok && v.Index == 0 {
			return c.operandName(m)
		}
	case *ssa.Call:
		if v.Call.IsInvoke() {
			return c.operandName(v.Call.Value) + "." + v.Call.Method.Name() + "()"
		}
		if f := v.Call.StaticCallee(); f != nil {
			if o := f.Object(); o != nil && o.Pkg() != nil && o.Pkg().Name() != "main" && f.Signature.Recv() == nil {
				return o.Pkg().Name() + "." + f.Name() + "()"
			}
			return f.Name() + "()"
		}
	}
	return c.assignedName(v)
}

// unnamedAllocs are the comments of package ssa on memory that no variable is.
var unnamedAllocs = map[string]bool{"complit": true, "slicelit": true, "makeslice": true, "new": true, "varargs": true}
