package rtype

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/goruntime"
)

// declare type-checks declarations as a cell would.
func declare(t testing.TB, src string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "cell.go", "package main\n"+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	testenv.FindGo()
	conf := types.Config{Importer: importer.Default(), Error: func(error) {}}
	pkg, err := conf.Check(userPath, fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func typeOf(pkg *types.Package, name string) types.Type { return pkg.Scope().Lookup(name).Type() }

func TestRefused(t *testing.T) {
	pkg := declare(t, `
import "net/http"
type Number interface{ ~int | ~float64 }
type Cmp interface{ comparable }
type G[T any] struct{ f T }
type Big chan [1<<16]byte
type UsesBig struct{ c chan struct{ Big [1<<16]byte } }
type Wide func(`+strings.Repeat("int,", 130)+`)
type Native struct{ h *http.Server }
type Huge [1<<62]byte
type HasHuge struct{ a, b [1<<44]int64; c [1<<45]int64 }
`)
	ts := newTypes(t, Options{})
	for name, want := range map[string]string{
		"Number":  "is a constraint",
		"Cmp":     "is a constraint",
		"G":       "no type arguments",
		"Big":     "65536 bytes; the limit is 65535",
		"UsesBig": "too large",
		"Wide":    "at most 127",
		"Huge":    "larger than memory",
		"HasHuge": "larger than memory",
	} {
		for range 2 { // a failed build leaves nothing behind
			rt, err := ts.Of(typeOf(pkg, name))
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "main."+name) {
				t.Errorf("%s: %v, %v; want an error with %q", name, rt, err, want)
			}
		}
	}
	param := typeOf(pkg, "G").(*types.Named).TypeParams().At(0)
	if _, err := ts.Of(types.NewSlice(param)); err == nil || !strings.Contains(err.Error(), "type parameter") {
		t.Errorf("type parameter: %v", err)
	}
	if _, err := ts.Of(nil); err == nil {
		t.Error("nil has a type")
	}
	if _, err := ts.Of(types.NewTuple()); err == nil {
		t.Error("a tuple has a type")
	}
	unknown := types.NewNamed(types.NewTypeName(0, types.NewPackage("example.com/x", "x"), "T", nil), types.Typ[types.Int], nil)
	if _, err := ts.Of(types.NewPointer(unknown)); err == nil || !strings.Contains(err.Error(), "example.com/x.T is not part of this kernel") {
		t.Errorf("unknown native type: %v", err)
	}
}

// The compiler numbers the local types of a package; only those of
// decls_test.go are to count.
type answer struct{ A int }

func TestNativeOption(t *testing.T) {
	ts := newTypes(t, Options{Native: func(path, name string) reflect.Type {
		if path == "example.com/x" && name == "T" {
			return reflect.TypeFor[answer]()
		}
		return nil
	}})
	named := types.NewNamed(types.NewTypeName(0, types.NewPackage("example.com/x", "x"), "T", nil), types.Typ[types.Int], nil)
	rt, err := ts.Of(types.NewSlice(named))
	if err != nil || rt != reflect.TypeFor[[]answer]() {
		t.Errorf("%v, %v", rt, err)
	}
}

// TestContract3_Redeclared declares a type of the same name again.
func TestContract3_Redeclared(t *testing.T) {
	ts := newTypes(t, Options{})
	a, err := ts.Of(typeOf(declare(t, "type T struct{ X int }"), "T"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ts.Of(typeOf(declare(t, "type T struct{ X int }"), "T"))
	if err != nil {
		t.Fatal(err)
	}
	if a == b || a.String() != "main.T" || b.String() != "main.T" || a.PkgPath() != "main" {
		t.Errorf("%v and %v of %q", a, b, a.PkgPath())
	}
	if reflect.Zero(a).Interface() == reflect.Zero(b).Interface() {
		t.Error("values of different types are equal")
	}
	if reflect.PointerTo(a) == reflect.PointerTo(b) || reflect.SliceOf(a) == reflect.SliceOf(b) {
		t.Error("composites of different types are the same")
	}
	// Unnamed types with unexported fields agree between cells.
	x, err := ts.Of(declare(t, "var v struct{ a int; b string }").Scope().Lookup("v").Type())
	if err != nil {
		t.Fatal(err)
	}
	y, err := ts.Of(declare(t, "var v struct{ a int; b string }").Scope().Lookup("v").Type())
	if x != y || err != nil {
		t.Errorf("%v and %v differ, %v", x, y, err)
	}
}

func TestNamesOfMain(t *testing.T) {
	pkg := declare(t, `
import ("sync/atomic"; "iter"; "net/http")
type T int
type Box[V any] struct{ v V }
type Pair[A, B any] struct{ a A; b B }
var (
	a Pair[int, string]
	b Box[T]
	c atomic.Pointer[T]
	d iter.Seq2[T, Box[T]]
	e Box[http.Request]
	f Box[atomic.Pointer[T]]
	g struct{ T; x int }
	h interface{ m(); M(T) }
	i Box[interface{ m(); M(T) }]
	j Box[struct{ T; x int }]
	k Pair[any, func(int, ...T) (a, b error)]
)
func f1() any { type L struct{}; return new(Box[L]) }
func f2() any { type L int; type M int; return new(Pair[M, L]) }
`)
	for name, want := range map[string]string{
		"a": "main.Pair[int,string]",
		"b": "main.Box[main.T]",
		"c": "atomic.Pointer[main.T]",
		"d": "iter.Seq2[main.T,main.Box[main.T]]",
		"e": "main.Box[net/http.Request]",
		"f": "main.Box[sync/atomic.Pointer[main.T]]",
		"g": "struct { main.T; x int }",
		"h": "interface { M(main.T); main.m() }",
		"i": "main.Box[interface { M(main.T); main.m() }]",
		"j": "main.Box[struct { main.T; main.x int }]",
		"k": "main.Pair[interface {},func(int, ...main.T) (error, error)]",
	} {
		rt, err := newTypes(t, Options{}).Of(typeOf(pkg, name))
		if err != nil || rt.String() != want {
			t.Errorf("%s: %v, %v; want %s", name, rt, err, want)
		}
	}
}

func TestGoTypeOfComposite(t *testing.T) {
	ts := newTypes(t, Options{})
	T := typeOf(declare(t, "type T int"), "T")
	rt, err := ts.Of(T)
	if err != nil {
		t.Fatal(err)
	}
	for want, rt := range map[string]reflect.Type{
		"*main.T":           reflect.PointerTo(rt),
		"[]*main.T":         reflect.SliceOf(reflect.PointerTo(rt)),
		"[3]main.T":         reflect.ArrayOf(3, rt),
		"map[main.T]main.T": reflect.MapOf(rt, rt),
		"<-chan main.T":     reflect.ChanOf(reflect.RecvDir, rt),
	} {
		if got := ts.GoType(rt); got == nil || got.String() != want {
			t.Errorf("GoType(%s) is %v", rt, got)
		} else if back, err := ts.Of(got); back != rt || err != nil {
			t.Errorf("Of(GoType(%s)) is %v, %v", rt, back, err)
		}
	}
	if got := ts.GoType(reflect.TypeFor[testing.T]()); got != nil {
		t.Errorf("GoType of a native type is %v", got)
	}
}

func TestConcurrentOf(t *testing.T) {
	ps := pairs(t)
	ts := newTypes(t, Options{})
	results := make([][]reflect.Type, 8)
	var wg sync.WaitGroup
	for g := range results {
		results[g] = make([]reflect.Type, len(ps))
		wg.Go(func() {
			for i := range ps {
				i := (i + g*len(ps)/8) % len(ps)
				rt, err := ts.Of(ps[i].typ)
				if err != nil {
					t.Error(err)
					return
				}
				_ = fmt.Sprintf("%+v", reflect.New(rt).Type())
				results[g][i] = rt
			}
		})
	}
	wg.Wait()
	for i := range ps {
		for g := range results {
			if results[g][i] != results[0][i] {
				t.Errorf("%s has different types", ps[i].native)
			}
		}
	}
}

// TestCollector makes many types and keeps values of them that are reachable
// only through pointers in their own memory, while the collector runs.
func TestCollector(t *testing.T) {
	n := 400
	if testing.Short() {
		n = 80
	}
	pkg := declare(t, `
type Node struct {
	pad  [3]int8
	name string
	next *Node
	any  any
	kids []*Node
	m    map[string]*Node
	in   struct{ f float64; p *Node }
	arr  [3]struct{ n int; p *Node }
	_    struct{}
}
func (n *Node) Name() string { return "" }
func (n Node) Value() string { return "" }
type Wide struct { head [40]int; ps [100]*Node; tail [40]int }
type Vast struct { head *Node; ps [40000]*Node; tail *Node }
`)
	stop := make(chan struct{})
	var gc sync.WaitGroup
	gc.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		wg.Go(func() {
			for i := range n / 4 {
				ts := newTypes(t, Options{})
				mu.Lock() // go/types completes types as they are used
				node, err := ts.Of(typeOf(pkg, "Node"))
				wide, err2 := ts.Of(typeOf(pkg, "Wide"))
				vast, err3 := ts.Of(typeOf(pkg, "Vast"))
				mu.Unlock()
				if err != nil || err2 != nil || err3 != nil {
					t.Error(err, err2, err3)
					return
				}
				checkChain(t, node)
				checkArray(t, node, wide)
				if i%50 == 0 {
					checkArray(t, node, vast)
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	gc.Wait()
}

func settable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// checkChain builds a chain that goes through every kind of field in turn.
func checkChain(t *testing.T, node reflect.Type) {
	const length = 40
	ptr := reflect.PointerTo(node)
	step := []func(n, next reflect.Value){
		func(n, next reflect.Value) { settable(n.FieldByName("next")).Set(next) },
		func(n, next reflect.Value) { settable(n.FieldByName("any")).Set(next) },
		func(n, next reflect.Value) { settable(n.FieldByName("any")).Set(next.Elem()) }, // a copy, boxed
		func(n, next reflect.Value) {
			kids := settable(n.FieldByName("kids"))
			kids.Set(reflect.Append(kids, next))
		},
		func(n, next reflect.Value) {
			m := settable(n.FieldByName("m"))
			m.Set(reflect.MakeMap(m.Type()))
			m.SetMapIndex(reflect.ValueOf("k"), next)
		},
		func(n, next reflect.Value) { settable(n.FieldByName("in").Field(1)).Set(next) },
		func(n, next reflect.Value) { settable(n.FieldByName("arr").Index(2).Field(1)).Set(next) },
	}
	read := []func(n reflect.Value) reflect.Value{
		func(n reflect.Value) reflect.Value { return n.FieldByName("next") },
		func(n reflect.Value) reflect.Value { return n.FieldByName("any").Elem() },
		func(n reflect.Value) reflect.Value { return n.FieldByName("any").Elem() },
		func(n reflect.Value) reflect.Value { return n.FieldByName("kids").Index(0) },
		func(n reflect.Value) reflect.Value { return n.FieldByName("m").MapIndex(reflect.ValueOf("k")) },
		func(n reflect.Value) reflect.Value { return n.FieldByName("in").Field(1) },
		func(n reflect.Value) reflect.Value { return n.FieldByName("arr").Index(2).Field(1) },
	}
	last := reflect.Zero(ptr)
	for i := length - 1; i >= 0; i-- {
		n := reflect.New(node)
		settable(n.Elem().FieldByName("name")).SetString(fmt.Sprint("node ", i))
		if i < length-1 {
			step[i%len(step)](n.Elem(), last)
		}
		last = n
		_ = make([]byte, 512)
	}
	at := last
	for i := range length {
		n := at
		if n.Kind() == reflect.Pointer {
			n = n.Elem()
		}
		if got := n.FieldByName("name").String(); got != fmt.Sprint("node ", i) {
			t.Errorf("node %d is called %q", i, got)
			return
		}
		if i < length-1 {
			at = read[i%len(read)](n)
		}
	}
}

func checkArray(t *testing.T, node, rt reflect.Type) {
	v := reflect.New(rt).Elem()
	ps := settable(v.FieldByName("ps"))
	at := []int{0, 1, ps.Len() / 2, ps.Len() - 1}
	for _, i := range at {
		n := reflect.New(node)
		settable(n.Elem().FieldByName("name")).SetString(fmt.Sprint("at ", i))
		ps.Index(i).Set(n)
	}
	runtime.GC()
	for _, i := range at {
		if got := ps.Index(i).Elem().FieldByName("name").String(); got != fmt.Sprint("at ", i) {
			t.Errorf("%s[%d] is %q", rt, i, got)
		}
	}
}

func TestOutOfSlots(t *testing.T) {
	pkg := declare(t, "type T struct{}\nfunc (T) M() {}\nfunc (*T) N() {}")
	ts := newTypes(t, Options{})
	used := slotsFrom(goruntime.SlotCount-2, func(int) error { return errors.ErrUnsupported })
	_, err := ts.Of(typeOf(pkg, "T"))
	slotsFrom(used, nil)
	if err == nil || !strings.Contains(err.Error(), "restart the kernel") {
		t.Errorf("%v", err)
	}
	if rt, err := ts.Of(typeOf(pkg, "T")); err != nil || rt.NumMethod() != 1 || reflect.PointerTo(rt).NumMethod() != 2 {
		t.Errorf("%v, %v", rt, err)
	}
}

// slotsFrom has slots given out from a number on, and made in a certain way.
func slotsFrom(first int, grow func(int) error) (was int) {
	slots.mu.Lock()
	defer slots.mu.Unlock()
	was = slots.used
	slots.used, slots.grow = first, grow
	return was
}

// More methods than there are slots in the program have slots that are made.
func TestMoreSlots(t *testing.T) {
	if !goruntime.SlotsGrow {
		t.Skip("there are no more here")
	}
	const n = 2000 // types, of 3 slots each: more than one block
	var src strings.Builder
	for i := range n {
		fmt.Fprintf(&src, "type T%d struct{ A, B int }\nfunc (T%[1]d) String() string { return \"\" }\nfunc (*T%[1]d) Other() {}\n", i)
	}
	pkg := declare(t, src.String())
	ts := newTypes(t, Options{Method: func(recv reflect.Type, m *types.Selection) func([]reflect.Value) []reflect.Value {
		return func(args []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(fmt.Sprintf("%s of %s: %d", m.Obj().Name(), recv.Name(), args[0].Field(1).Int()))}
		}
	}})
	used := slotsFrom(goruntime.SlotCount-1, nil)
	defer slotsFrom(used, nil)
	var values []any
	for i := range n {
		rt, err := ts.Of(typeOf(pkg, fmt.Sprint("T", i)))
		if err != nil {
			t.Fatal(err)
		}
		v := reflect.New(rt)
		v.Elem().Field(1).Set(reflect.ValueOf(i))
		if i%2 == 0 {
			v = v.Elem()
		}
		values = append(values, v.Interface())
	}
	runtime.GC()
	for i, v := range values {
		if got, want := fmt.Sprint(v), fmt.Sprintf("String of T%d: %[1]d", i); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if m := reflect.ValueOf(values[4]).MethodByName("String"); m.Call(nil)[0].String() != "String of T4: 4" {
		t.Error("a method by reflection is another one")
	}
	f := values[6].(fmt.Stringer).String
	done := make(chan bool)
	go func() { // beside collections, and on a stack that has to grow
		defer close(done)
		for range 1000 {
			f()
		}
	}()
	for range 20 {
		runtime.GC()
	}
	<-done
}

// TestPromotedPrivate embeds native interfaces with methods that only their
// own package can name.
func TestPromotedPrivate(t *testing.T) {
	pkg := declare(t, `
import ("reflect"; "testing")
type TB struct{ testing.TB; n int }
type Typ struct{ reflect.Type }
type Both interface { testing.TB; Extra() }
`)
	ts := newTypes(t, Options{})
	for name, iface := range map[string]reflect.Type{
		"TB":   reflect.TypeFor[testing.TB](),
		"Typ":  reflect.TypeFor[reflect.Type](),
		"Both": reflect.TypeFor[testing.TB](),
	} {
		rt, err := ts.Of(typeOf(pkg, name))
		if err != nil || !rt.Implements(iface) {
			t.Errorf("%v, %v does not implement %v", rt, err, iface)
			continue
		}
		if rt.Kind() != reflect.Interface {
			v := reflect.New(iface).Elem()
			v.Set(reflect.New(rt).Elem()) // the runtime makes the itab
		}
	}
}

func TestEndless(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "cell.go", `package main
type G[T any] struct{ v T }
func (G[T]) Wrap() (g G[G[T]]) { return }
var v G[int]
`, 0)
	if err != nil {
		t.Fatal(err)
	}
	// The checker says that this is a cycle, and returns the package all the same.
	pkg, err := new(types.Config).Check(userPath, fset, []*ast.File{f}, nil)
	if pkg == nil {
		t.Fatal(err)
	}
	if rt, err := newTypes(t, Options{}).Of(typeOf(pkg, "v")); err == nil || !strings.Contains(err.Error(), "ever longer") {
		t.Errorf("%v, %v", rt, err)
	}
}
