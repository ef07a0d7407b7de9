// Package operand lists the operands of instructions, and says what the source calls
// them, for reports: jobs, p.mu, forks[…].
package operand

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// UnknownIndex stands for an index that is not known before the code runs.
const UnknownIndex = "[…]"

// Names has the names of one function's operands.
type Names struct {
	fn    *ssa.Function
	names map[token.Pos]string // variables that calls are assigned to; see assigned
}

// In returns the names in a function.
func In(fn *ssa.Function) *Names { return &Names{fn: fn} }

// Type is the type of a channel or lock, as reports have it.
func Type(v ssa.Value) string {
	t := v.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // the receiver of a lock's method
	}
	return types.TypeString(t, (*types.Package).Name)
}

// FieldName is the name of the field that v is the address of.
func FieldName(v *ssa.FieldAddr) string {
	return v.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(v.Field).Name()
}

// assigned looks in the source for the variable that the value of a call or
// a literal is assigned to; in SSA form it has none.
func (n *Names) assigned(v ssa.Value) string {
	if ct, ok := v.(*ssa.ChangeType); ok {
		v = ct.X
	}
	if n.names == nil {
		n.names = map[token.Pos]string{}
		top := n.fn
		for top.Parent() != nil {
			top = top.Parent()
		}
		if syntax := top.Syntax(); syntax != nil {
			collectNames(syntax, n.names)
		}
	}
	return n.names[v.Pos()]
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

// Of is the variable that a value comes from, as far as that can be told, or "".
func (n *Names) Of(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Parameter:
		return v.Name()
	case *ssa.FreeVar:
		return v.Name()
	case *ssa.Global:
		return v.Name()
	case *ssa.Alloc:
		if name := n.assigned(v); name != "" {
			return name
		}
		if unnamed[v.Comment] || strings.Contains(v.Comment, " ") {
			return ""
		}
		return v.Comment
	case *ssa.Phi:
		return v.Comment
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return n.Of(v.X)
		}
	case *ssa.ChangeType:
		return n.Of(v.X)
	case *ssa.FieldAddr:
		if x := n.Of(v.X); x != "" {
			return x + "." + FieldName(v)
		}
		return FieldName(v)
	case *ssa.Field:
		st := v.X.Type().Underlying().(*types.Struct)
		return st.Field(v.Field).Name()
	case *ssa.IndexAddr:
		if x := n.Of(v.X); x != "" {
			return x + UnknownIndex
		}
	case *ssa.Lookup:
		if x := n.Of(v.X); x != "" {
			return x + UnknownIndex
		}
	case *ssa.Extract:
		if m, ok := v.Tuple.(*ssa.Lookup); ok && v.Index == 0 {
			return n.Of(m)
		}
	case *ssa.Call:
		if v.Call.IsInvoke() {
			return n.Of(v.Call.Value) + "." + v.Call.Method.Name() + "()"
		}
		if f := v.Call.StaticCallee(); f != nil && f.Parent() == nil { // a literal has no name
			if o := f.Object(); o != nil && o.Pkg() != nil && o.Pkg().Name() != "main" && f.Signature.Recv() == nil {
				return o.Pkg().Name() + "." + f.Name() + "()"
			}
			return f.Name() + "()"
		}
	}
	return n.assigned(v)
}

// unnamed are the comments of package ssa on memory that no variable is.
var unnamed = map[string]bool{"complit": true, "slicelit": true, "makeslice": true, "new": true, "varargs": true}

// IsVariable reports whether an address is that of a variable which the source
// names, or of a part of one.
func IsVariable(addr ssa.Value) bool {
	switch v := addr.(type) {
	case *ssa.Global:
		return true
	case *ssa.Alloc:
		return token.IsIdentifier(v.Comment) && !unnamed[v.Comment]
	case *ssa.FreeVar:
		return v.Parent().Syntax() != nil
	case *ssa.FieldAddr:
		return IsVariable(v.X)
	case *ssa.IndexAddr:
		return IsVariable(v.X)
	}
	return false
}
