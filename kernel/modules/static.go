package modules

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"reflect"
	"strconv"
)

// Large tables of literals are data, not code: like Go's compiler, which puts
// them into the program's data, we do not run their elements one by one, nor
// check their types. A package that others have published has been compiled.

// Static is a variable of a package whose value is a large table of literals.
// It is to be filled before the package is initialised.
type Static struct {
	Var     string
	literal *ast.CompositeLit
	read    func() (*ast.CompositeLit, error) // in its place
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

// Fill sets the variable, which must be addressable.
func (s *Static) Fill(v reflect.Value) error {
	lit := s.literal
	if s.read != nil {
		var err error
		if lit, err = s.read(); err != nil {
			return fmt.Errorf("variable %s: %w", s.Var, err)
		}
	}
	if err := fillTable(v, lit); err != nil {
		return fmt.Errorf("variable %s: %w", s.Var, err)
	}
	return nil
}

func fillTable(v reflect.Value, lit *ast.CompositeLit) error {
	switch v.Kind() {
	case reflect.Pointer: // an element of which & has been left out
		p := reflect.New(v.Type().Elem())
		if err := fillTable(p.Elem(), lit); err != nil {
			return err
		}
		v.Set(p)
		return nil
	case reflect.Slice, reflect.Array:
		return fillList(v, lit)
	case reflect.Map:
		return fillMap(v, lit)
	case reflect.Struct:
		return fillStruct(v, lit)
	}
	return fmt.Errorf("a table cannot be of type %s", v.Type())
}

func fillList(v reflect.Value, lit *ast.CompositeLit) error {
	next, length := 0, 0
	index := make([]int, len(lit.Elts))
	for i, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			k, ok := kv.Key.(*ast.BasicLit)
			if !ok {
				return fmt.Errorf("an index is not a literal")
			}
			var err error
			if next, err = intLiteral(k); err != nil {
				return err
			}
		}
		index[i] = next
		next++
		length = max(length, next)
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), length, length))
	}
	if v.Len() < length {
		return fmt.Errorf("%d elements do not fit into %s", length, v.Type())
	}
	for i, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		if err := fillValue(v.Index(index[i]), e); err != nil {
			return err
		}
	}
	return nil
}

func fillMap(v reflect.Value, lit *ast.CompositeLit) error {
	m := reflect.MakeMapWithSize(v.Type(), len(lit.Elts))
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return fmt.Errorf("an element of %s has no key", v.Type())
		}
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := fillValue(key, kv.Key); err != nil {
			return err
		}
		if err := fillValue(value, kv.Value); err != nil {
			return err
		}
		m.SetMapIndex(key, value)
	}
	v.Set(m)
	return nil
}

func fillStruct(v reflect.Value, lit *ast.CompositeLit) error {
	for i, e := range lit.Elts {
		if i >= v.NumField() {
			return fmt.Errorf("%s has %d fields", v.Type(), v.NumField())
		}
		field := v.Field(i)
		// A field that is not exported can be set as what it is in memory.
		if err := fillValue(reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem(), e); err != nil {
			return err
		}
	}
	return nil
}

// fillValue sets v to a literal.
func fillValue(v reflect.Value, e ast.Expr) error {
	negative := false
	if u, ok := e.(*ast.UnaryExpr); ok {
		negative, e = true, u.X
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		return fillTable(v, lit)
	}
	b, ok := e.(*ast.BasicLit)
	if !ok {
		return fmt.Errorf("%T is no literal", e)
	}
	if b.Kind == token.INT && !negative { // by far the most
		if n, err := strconv.ParseUint(b.Value, 0, 64); err == nil {
			switch {
			case v.CanUint():
				v.SetUint(n)
				return nil
			case v.CanInt():
				v.SetInt(int64(n))
				return nil
			}
		}
	}
	k := constant.MakeFromLiteral(b.Value, b.Kind, 0)
	if negative {
		k = constant.UnaryOp(token.SUB, k, 0)
	}
	return setLiteral(v, k, b.Kind)
}

func setLiteral(v reflect.Value, k constant.Value, kind token.Token) error {
	switch {
	case v.Kind() == reflect.String && k.Kind() == constant.String:
		v.SetString(constant.StringVal(k))
	case v.CanInt():
		n, exact := constant.Int64Val(constant.ToInt(k))
		if !exact {
			return fmt.Errorf("%s does not fit into %s", k, v.Type())
		}
		v.SetInt(n)
	case v.CanUint():
		n, exact := constant.Uint64Val(constant.ToInt(k))
		if !exact {
			return fmt.Errorf("%s does not fit into %s", k, v.Type())
		}
		v.SetUint(n)
	case v.Kind() == reflect.Float32:
		f, _ := constant.Float32Val(constant.ToFloat(k))
		v.SetFloat(float64(f))
	case v.Kind() == reflect.Float64:
		f, _ := constant.Float64Val(constant.ToFloat(k))
		v.SetFloat(f)
	case v.CanComplex():
		f, _ := constant.Float64Val(constant.ToFloat(k))
		v.SetComplex(complex(f, 0))
	case v.Kind() == reflect.Interface && v.NumMethod() == 0:
		v.Set(byDefault(k, kind))
	default:
		return fmt.Errorf("%s is no value of type %s", k, v.Type())
	}
	return nil
}

// byDefault is a literal as a value of the type that it has by itself.
func byDefault(k constant.Value, kind token.Token) reflect.Value {
	switch kind {
	case token.STRING:
		return reflect.ValueOf(constant.StringVal(k))
	case token.FLOAT:
		f, _ := constant.Float64Val(k)
		return reflect.ValueOf(f)
	}
	n, _ := constant.Int64Val(k)
	if kind == token.CHAR {
		return reflect.ValueOf(rune(n))
	}
	return reflect.ValueOf(int(n))
}
