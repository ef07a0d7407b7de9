package values

import (
	"encoding/binary"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
)

// A Writer writes values that expressions of one package have.
type Writer struct {
	sizes types.Sizes
	info  *types.Info // of expressions that have been checked; others are literals

	dynamic []types.Type // of values in interfaces
}

// NewWriter returns a writer that has written nothing.
func NewWriter(sizes types.Sizes, info *types.Info) *Writer {
	return &Writer{sizes: sizes, info: info}
}

// Dynamic are the types of values in interfaces, for [Reader].
func (w *Writer) Dynamic() []types.Type { return w.dynamic }

// mostBytes bounds a value: a sparse array is better run than written.
const mostBytes = 16 << 20

// notData says that an expression is more than constants and composite literals.
type notData struct{}

func give() { panic(notData{}) }

// Value writes the value that an expression has in a variable of a type. It reports
// false where something must be run for it.
func (w *Writer) Value(t types.Type, x ast.Expr) (data []byte, ok bool) {
	known := len(w.dynamic)
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(notData); !is {
				panic(r)
			}
			data, ok, w.dynamic = nil, false, w.dynamic[:known]
		}
	}()
	v := &value{w: w}
	v.data = binary.LittleEndian.AppendUint32(nil, hash(shapeOf(t)))
	v.write(t, x)
	return v.data, true
}

// A value is one that is being written.
type value struct {
	w    *Writer
	data []byte
}

// room makes room for a number of bytes, which are zero, and returns it.
func (v *value) room(n int64) []byte {
	at := len(v.data)
	if n > mostBytes || at+int(n) > mostBytes {
		give()
	}
	v.data = append(v.data, make([]byte, n)...)
	return v.data[at:]
}

func (v *value) number(n int) { v.data = binary.AppendUvarint(v.data, uint64(n)) }

// constant is the value of an expression if it is a constant.
func (w *Writer) constant(x ast.Expr) constant.Value {
	if tv, ok := w.info.Types[x]; ok {
		return tv.Value
	}
	switch x := x.(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(x.Value, x.Kind, 0)
	case *ast.UnaryExpr:
		if b, ok := x.X.(*ast.BasicLit); ok && x.Op == token.SUB {
			return constant.UnaryOp(token.SUB, constant.MakeFromLiteral(b.Value, b.Kind, 0), 0)
		}
	}
	return nil
}

// written is what an expression is that has a value other than a constant: nil where
// that is zero.
func (w *Writer) written(t types.Type, x ast.Expr) ast.Expr {
	x = ast.Unparen(x)
	if w.info.Types[x].IsNil() {
		return nil
	}
	call, ok := x.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !w.info.Types[call.Fun].IsType() {
		return x
	}
	arg := w.info.Types[call.Args[0]]
	if arg.IsNil() || arg.Value == nil && arg.Type != nil && types.Identical(arg.Type.Underlying(), t.Underlying()) {
		return w.written(t, call.Args[0])
	}
	return x
}

// write writes the value of x, or zero if there is none.
func (v *value) write(t types.Type, x ast.Expr) {
	if flat(t) {
		size := v.w.sizes.Sizeof(t)
		v.image(v.room(size), t, x)
		return
	}
	var c constant.Value
	if x != nil {
		if c = v.w.constant(x); c == nil {
			x = v.w.written(t, x)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic: // a string; an unsafe.Pointer is nil
		if u.Info()&types.IsString == 0 {
			if x != nil {
				give()
			}
			return
		}
		s := ""
		if x != nil {
			if c == nil || c.Kind() != constant.String {
				give()
			}
			s = constant.StringVal(c)
		}
		v.number(len(s))
		v.data = append(v.data, s...)
	case *types.Interface:
		v.dynamic(x)
	case *types.Pointer:
		if at := len(v.data); x != nil {
			if v.number(isCall); v.call(x) {
				return
			}
			v.data = v.data[:at]
		}
		lit := pointed(x)
		if x != nil && lit == nil {
			give()
		}
		if lit == nil {
			v.number(0)
			return
		}
		v.number(isThere)
		v.write(u.Elem(), lit)
	case *types.Slice:
		v.slice(u.Elem(), x)
	case *types.Array:
		v.list(u.Elem(), v.w.elements(x, u.Len()), u.Len())
	case *types.Map:
		v.mapping(u, x)
	case *types.Struct:
		fields := v.w.fields(u, x)
		for i := range u.NumFields() {
			v.write(u.Field(i).Type(), fields[i])
		}
	default: // functions and channels
		if x != nil {
			give()
		}
	}
}

// What a pointer or an interface begins with if it is not nil: that it is the result of
// a call, or that its value follows, which has a type in an interface.
const (
	isCall  = 1
	isThere = 2
)

// pointed is what an expression of pointer type points to. & may have been left out
// in an element.
func pointed(x ast.Expr) ast.Expr {
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.AND {
		x = ast.Unparen(u.X)
	}
	if lit, ok := x.(*ast.CompositeLit); ok {
		return lit
	}
	return nil
}

// dynamic writes what is in an interface, after its type.
func (v *value) dynamic(x ast.Expr) {
	if x == nil {
		v.number(0)
		return
	}
	at := len(v.data)
	if v.number(isCall); v.call(x) {
		return
	}
	v.data = v.data[:at]
	t := v.w.info.TypeOf(x)
	lit := x
	if u, ok := x.(*ast.UnaryExpr); ok {
		lit = u.X
	}
	if b, ok := lit.(*ast.BasicLit); ok && t == nil {
		t = map[token.Token]types.Type{
			token.INT: types.Typ[types.Int], token.FLOAT: types.Typ[types.Float64],
			token.CHAR: types.Universe.Lookup("rune").Type(), token.STRING: types.Typ[types.String],
		}[b.Kind]
	}
	if t == nil || types.IsInterface(t) {
		give()
	}
	t = types.Default(t)
	v.number(isThere + v.w.typeNumber(t))
	v.write(t, x)
}

func (v *value) slice(elem types.Type, x ast.Expr) {
	if x == nil {
		v.number(0)
		return
	}
	if text, ok := v.w.bytes(elem, x); ok {
		v.number(1 + len(text))
		v.data = append(v.data, text...)
		return
	}
	elements := v.w.elements(x, -1)
	v.number(1 + len(elements))
	v.list(elem, elements, int64(len(elements)))
}

// bytes is the text that a conversion such as []byte("text") has.
func (w *Writer) bytes(elem types.Type, x ast.Expr) (string, bool) {
	call, ok := x.(*ast.CallExpr)
	if b, isBasic := elem.Underlying().(*types.Basic); !ok || !isBasic || b.Kind() != types.Uint8 || len(call.Args) != 1 || !w.info.Types[call.Fun].IsType() {
		return "", false
	}
	c := w.info.Types[call.Args[0]].Value
	if c == nil || c.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c), true
}

// list writes so many elements.
func (v *value) list(elem types.Type, elements []ast.Expr, n int64) {
	if !flat(elem) {
		for i := range n {
			var x ast.Expr
			if i < int64(len(elements)) {
				x = elements[i]
			}
			v.write(elem, x)
		}
		return
	}
	size := v.w.sizes.Sizeof(elem)
	if n > mostBytes {
		give()
	}
	mem := v.room(size * n)
	for i, x := range elements {
		v.image(mem[int64(i)*size:], elem, x)
	}
}

// elements are those of a composite literal by their index, nil where there are
// none. An array has as many as most, if that is not negative.
func (w *Writer) elements(x ast.Expr, most int64) []ast.Expr {
	if x == nil {
		return nil
	}
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		give()
	}
	list := make([]ast.Expr, 0, len(lit.Elts))
	next := int64(0)
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			c := w.constant(ast.Unparen(kv.Key))
			if c == nil {
				give()
			}
			i, exact := constant.Int64Val(constant.ToInt(c))
			if !exact || i < 0 || i > mostBytes {
				give()
			}
			next, e = i, kv.Value
		}
		for int64(len(list)) <= next {
			list = append(list, nil)
		}
		list[next] = e
		next++
	}
	if most >= 0 && int64(len(list)) > most {
		give()
	}
	return list
}

// fields are those of a composite literal, in the order of the type.
func (w *Writer) fields(u *types.Struct, x ast.Expr) []ast.Expr {
	list := make([]ast.Expr, u.NumFields())
	if x == nil {
		return list
	}
	lit, ok := x.(*ast.CompositeLit)
	if !ok || len(lit.Elts) > len(list) {
		give()
	}
	for i, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			name, ok := kv.Key.(*ast.Ident)
			for i = 0; ok && i < len(list) && u.Field(i).Name() != name.Name; i++ {
			}
			if !ok || i == len(list) {
				give()
			}
			e = kv.Value
		}
		list[i] = e
	}
	return list
}

func (v *value) mapping(u *types.Map, x ast.Expr) {
	if x == nil {
		v.number(0)
		return
	}
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		give()
	}
	v.number(1 + len(lit.Elts))
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			give()
		}
		v.write(u.Key(), kv.Key)
		v.write(u.Elem(), kv.Value)
	}
}

// image writes a value without pointers into memory that is zero.
func (v *value) image(mem []byte, t types.Type, x ast.Expr) {
	if x == nil {
		return
	}
	if b, ok := t.Underlying().(*types.Basic); ok {
		if lit, is := x.(*ast.BasicLit); is && lit.Kind == token.INT && b.Info()&types.IsInteger != 0 { // by far the most
			if n, err := strconv.ParseUint(lit.Value, 0, 64); err == nil && n <= math.MaxInt64 {
				v.integer(mem, b, int64(n))
				return
			}
		}
		v.basic(mem, b, v.w.constant(ast.Unparen(x)))
		return
	}
	x = v.w.written(t, x)
	switch u := t.Underlying().(type) {
	case *types.Array:
		size := v.w.sizes.Sizeof(u.Elem())
		for i, e := range v.w.elements(x, u.Len()) {
			v.image(mem[int64(i)*size:], u.Elem(), e)
		}
	case *types.Struct:
		list := make([]*types.Var, u.NumFields())
		for i := range list {
			list[i] = u.Field(i)
		}
		offsets := v.w.sizes.Offsetsof(list)
		for i, e := range v.w.fields(u, x) {
			v.image(mem[offsets[i]:], list[i].Type(), e)
		}
	}
}

// basic writes a number or a bool.
func (v *value) basic(mem []byte, b *types.Basic, c constant.Value) {
	if c == nil {
		give()
	}
	order := binary.NativeEndian
	switch info := b.Info(); {
	case info&types.IsBoolean != 0 && c.Kind() == constant.Bool:
		if constant.BoolVal(c) {
			mem[0] = 1
		}
	case info&types.IsInteger != 0:
		c = constant.ToInt(c)
		if n, exact := constant.Int64Val(c); exact {
			v.integer(mem, b, n)
		} else if n, exact := constant.Uint64Val(c); exact && v.w.sizes.Sizeof(b) == 8 && info&types.IsUnsigned != 0 {
			order.PutUint64(mem, n)
		} else {
			give()
		}
	case b.Kind() == types.Float32:
		order.PutUint32(mem, math.Float32bits(float32Of(c)))
	case b.Kind() == types.Float64:
		order.PutUint64(mem, math.Float64bits(float64Of(c)))
	case b.Kind() == types.Complex64:
		order.PutUint32(mem, math.Float32bits(float32Of(constant.Real(c))))
		order.PutUint32(mem[4:], math.Float32bits(float32Of(constant.Imag(c))))
	case b.Kind() == types.Complex128:
		order.PutUint64(mem, math.Float64bits(float64Of(constant.Real(c))))
		order.PutUint64(mem[8:], math.Float64bits(float64Of(constant.Imag(c))))
	default:
		give()
	}
}

// integer writes a whole number that must fit.
func (v *value) integer(mem []byte, b *types.Basic, n int64) {
	size := v.w.sizes.Sizeof(b)
	bits := uint(8 * size)
	unsigned := b.Info()&types.IsUnsigned != 0
	switch {
	case unsigned && n < 0, unsigned && bits < 64 && n>>bits != 0, !unsigned && n != n<<(64-bits)>>(64-bits):
		give()
	}
	order := binary.NativeEndian
	switch size {
	case 1:
		mem[0] = byte(n)
	case 2:
		order.PutUint16(mem, uint16(n))
	case 4:
		order.PutUint32(mem, uint32(n))
	default:
		order.PutUint64(mem, uint64(n))
	}
}

func float32Of(c constant.Value) float32 {
	f, _ := constant.Float32Val(number(c))
	return f
}

func float64Of(c constant.Value) float64 {
	f, _ := constant.Float64Val(number(c))
	return f
}

// number is a constant as one that a float can have.
func number(c constant.Value) constant.Value {
	if c = constant.ToFloat(c); c.Kind() == constant.Unknown {
		give()
	}
	return c
}
