package check

import "go/ast"

// deepestType is how deep types may lie in each other as they are written. The
// work that types take grows with the square of it and more, from comparing
// them to their names at run time.
const deepestType = 500

// checkDepth reports types that lie in each other too deeply. It is asked before
// the checker, which would take as long as what comes after it.
func (b *builder) checkDepth() error {
	depth := 0
	var found ast.Node
	var stack []bool // whether a node is a type
	for _, d := range b.unit.File.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil {
				last := len(stack) - 1
				if stack[last] {
					depth--
				}
				stack = stack[:last]
				return true
			}
			if found != nil {
				return false
			}
			is := false
			switch n.(type) {
			case *ast.StarExpr, *ast.ArrayType, *ast.StructType, *ast.InterfaceType, *ast.MapType, *ast.ChanType, *ast.FuncType:
				is = true
				if depth++; depth > deepestType {
					found = n
				}
			}
			stack = append(stack, is)
			return true
		})
		depth, stack = 0, stack[:0]
	}
	if found == nil {
		return nil
	}
	return ErrorList{b.s.errorAt(found.Pos(), "nested too deeply: give the inner types names of their own")}
}
