package values

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"regexp"
)

// Some calls of the standard library are data as well: what they return depends on their
// argument alone, which is a constant or a type, and nobody can tell when it was made.

// none are the other arguments.
var none []any

// A call makes a value of a text.
type call struct {
	name string
	make func(text string) (any, error)
}

// calls are such functions, by their number from 1 on. That of [reflect.TypeOf] is 0.
var calls = []call{
	{"errors.New", func(text string) (any, error) { return errors.New(text), nil }},
	{"fmt.Errorf", func(text string) (any, error) { return fmt.Errorf(text, none...), nil }},
	{"regexp.MustCompile", func(text string) (any, error) { return regexp.Compile(text) }},
}

// call writes the result of a call of such a function.
func (v *value) call(x ast.Expr) bool {
	c, ok := x.(*ast.CallExpr)
	if !ok || len(c.Args) != 1 {
		return false
	}
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := v.w.info.Uses[sel.Sel].(*types.Func)
	if !ok {
		return false
	}
	arg := v.w.info.Types[c.Args[0]]
	if fn.FullName() == "reflect.TypeOf" {
		if arg.Type == nil || arg.IsNil() || types.IsInterface(arg.Type) || !v.w.Idle(c.Args[0]) {
			return false
		}
		v.number(0)
		v.number(v.w.typeNumber(types.Default(arg.Type)))
		return true
	}
	for i, known := range calls {
		if known.name != fn.FullName() || arg.Value == nil || arg.Value.Kind() != constant.String {
			continue
		}
		text := constant.StringVal(arg.Value)
		if _, err := known.make(text); err != nil {
			return false
		}
		v.number(1 + i)
		v.number(len(text))
		v.data = append(v.data, text...)
		return true
	}
	return false
}

// typeNumber is the number of a type among those that the reader has to know.
func (w *Writer) typeNumber(t types.Type) int {
	for i, d := range w.dynamic {
		if types.Identical(d, t) {
			return i
		}
	}
	w.dynamic = append(w.dynamic, t)
	return len(w.dynamic) - 1
}

// call makes the result of a call.
func (d *reading) call() (reflect.Value, error) {
	bad := reflect.Value{}
	which, err := d.number()
	if err != nil {
		return bad, err
	}
	n, err := d.number()
	if err != nil {
		return bad, err
	}
	if which == 0 {
		t, err := d.Dynamic(n)
		return reflect.ValueOf(t), err
	}
	if which < 0 || which > len(calls) || n < 0 || n > len(d.data) {
		return bad, errEnds
	}
	text := string(d.data[:n])
	d.data = d.data[n:]
	made, err := calls[which-1].make(text)
	return reflect.ValueOf(made), err
}
