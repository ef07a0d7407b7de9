package modules

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"strconv"

	"github.com/gosched/gosched/kernel/modules/values"
)

// Composite literals and constants are data, not code: like Go's compiler, which
// puts them into the program's data, we do not run their elements one by one. Nor do
// we check the types of those in large tables: a package that others have published
// has been compiled.

// Static is a variable of a package whose value is data. It is to be filled before
// the package is initialised.
type Static struct {
	Var     string
	data    []byte
	dynamic []types.Type      // of values in interfaces
	literal *ast.CompositeLit // that is to become data
}

// Fill sets the variable, which must be addressable. TypeOf returns the run-time type
// of a type; a basic type has one without it.
func (s *Static) Fill(v reflect.Value, typeOf func(types.Type) (reflect.Type, error)) error {
	r := &values.Reader{Dynamic: func(i int) (reflect.Type, error) {
		if b, ok := s.dynamic[i].(*types.Basic); ok {
			if t := basics[b.Kind()]; t != nil {
				return t, nil
			}
		}
		return typeOf(s.dynamic[i])
	}}
	if err := r.Fill(v, s.data); err != nil {
		return fmt.Errorf("variable %s: %w", s.Var, err)
	}
	return nil
}

// basics are types that constants have by themselves.
var basics = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.Int: reflect.TypeFor[int](), types.Int32: reflect.TypeFor[int32](),
	types.Float64: reflect.TypeFor[float64](), types.Complex128: reflect.TypeFor[complex128](), types.String: reflect.TypeFor[string](),
}

// writeStatics makes data of what initial values of variables can be made data of:
// large tables, whose types have not been checked, and, of all that have been, those
// that nothing must be run for.
func (l *Loader) writeStatics(p *Package) error {
	w := values.NewWriter(types.SizesFor("gc", runtime.GOARCH), p.Info)
	scope := p.Package.Scope()
	for i := range p.Statics {
		s := &p.Statics[i]
		data, ok := w.Value(scope.Lookup(s.Var).Type(), s.literal)
		if !ok {
			return fmt.Errorf("package %q of %s does not compile here: %s: the value of %s is not of its type", p.Path, p.Module, l.fset.Position(s.literal.Pos()), s.Var)
		}
		s.data, s.literal = data, nil
	}
	if p.aside != nil {
		p.Info.InitOrder = slices.DeleteFunc(p.Info.InitOrder, func(in *types.Initializer) bool {
			if len(in.Lhs) != 1 {
				return false
			}
			v := in.Lhs[0]
			if v.Name() == "_" {
				return w.Idle(in.Rhs)
			}
			data, ok := w.Value(v.Type(), in.Rhs)
			if ok {
				p.Statics = append(p.Statics, Static{Var: v.Name(), data: data})
			}
			return ok
		})
	}
	for i := range p.Statics {
		p.Statics[i].dynamic = w.Dynamic()
	}
	return nil
}

// manyLiterals is how many literals make a table large.
const manyLiterals = 64

// statics takes the values of such variables out of a package's syntax. The
// variables keep their types.
func statics(files []*ast.File) []Static {
	var list []Static
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				if len(spec.Names) != 1 || len(spec.Values) != 1 || spec.Names[0].Name == "_" {
					continue
				}
				lit, ok := spec.Values[0].(*ast.CompositeLit)
				if !ok || len(lit.Elts) == 0 || lit.Type == nil {
					continue
				}
				if n, ok := literals(lit); !ok || n < manyLiterals {
					continue
				}
				if spec.Type != nil && types.ExprString(spec.Type) != types.ExprString(lit.Type) {
					continue
				}
				if spec.Type == nil {
					if spec.Type = typeOfTable(lit); spec.Type == nil {
						continue
					}
				}
				spec.Values = nil
				list = append(list, Static{Var: spec.Names[0].Name, literal: lit})
			}
		}
	}
	return list
}

// literals counts the literals that a table consists of, if it has nothing else
// in it. What names a type for an element is left alone.
func literals(lit *ast.CompositeLit) (n int, ok bool) {
	for _, e := range lit.Elts {
		if kv, isKV := e.(*ast.KeyValueExpr); isKV {
			// A name may be that of a field, or a constant's.
			if _, isLit := kv.Key.(*ast.BasicLit); !isLit {
				return 0, false
			}
			e = kv.Value
		}
		switch x := e.(type) {
		case *ast.BasicLit:
			if x.Kind == token.IMAG {
				return 0, false
			}
			n++
		case *ast.UnaryExpr:
			if b, isLit := x.X.(*ast.BasicLit); !isLit || x.Op != token.SUB || b.Kind == token.IMAG || b.Kind == token.STRING {
				return 0, false
			}
			n++
		case *ast.CompositeLit:
			if x.Type != nil {
				return 0, false
			}
			m, ok := literals(x)
			if !ok {
				return 0, false
			}
			n += m
		default:
			return 0, false
		}
	}
	return n, true
}

// typeOfTable is the type of a composite literal, with the length that [...]
// leaves out; nil where it cannot be told.
func typeOfTable(lit *ast.CompositeLit) ast.Expr {
	a, ok := lit.Type.(*ast.ArrayType)
	if !ok {
		return lit.Type
	}
	if _, open := a.Len.(*ast.Ellipsis); !open {
		return lit.Type
	}
	next, length := 0, 0
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			k, ok := kv.Key.(*ast.BasicLit)
			if !ok {
				return nil
			}
			i, err := intLiteral(k)
			if err != nil {
				return nil
			}
			next = i
		}
		next++
		length = max(length, next)
	}
	return &ast.ArrayType{
		Lbrack: a.Lbrack, Elt: a.Elt,
		Len: &ast.BasicLit{ValuePos: a.Len.Pos(), Kind: token.INT, Value: strconv.Itoa(length)},
	}
}

// intLiteral is the value of an index.
func intLiteral(b *ast.BasicLit) (int, error) {
	v := constant.ToInt(constant.MakeFromLiteral(b.Value, b.Kind, 0))
	i, exact := constant.Int64Val(v)
	if v.Kind() != constant.Int || !exact || i < 0 {
		return 0, fmt.Errorf("%s is no index", b.Value)
	}
	return int(i), nil
}
