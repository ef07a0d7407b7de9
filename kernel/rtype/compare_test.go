package rtype

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/goruntime"
)

const thisPath = "github.com/gosched/gosched/kernel/rtype"

// A pair is one type as the compiler makes it and as go/types has it.
type pair struct {
	native reflect.Type
	typ    types.Type
}

// checked is decls_test.go, type-checked as if a notebook had declared it, in
// a package of this package's name, so that names agree.
var checked = sync.OnceValues(func() ([]pair, error) {
	testenv.FindGo()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "decls_test.go", nil, 0)
	if err != nil {
		return nil, err
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	pkg := types.NewPackage(userPath, "rtype")
	conf := &types.Config{Importer: importer.Default(), Sizes: types.SizesFor("gc", "amd64")}
	if err := types.NewChecker(conf, fset, pkg, info).Files([]*ast.File{f}); err != nil {
		return nil, err
	}
	var all []types.Type
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || types.TypeString(info.TypeOf(lit), nil) != "[]any" {
			return true
		}
		for _, e := range lit.Elts {
			all = append(all, info.TypeOf(e).(*types.Pointer).Elem())
		}
		return false
	})
	var pairs []pair
	for i, v := range append(samples, localSamples()...) {
		pairs = append(pairs, pair{reflect.TypeOf(v).Elem(), all[i]})
	}
	if len(pairs) != len(all) {
		return nil, fmt.Errorf("%d types compiled, %d checked", len(pairs), len(all))
	}
	return pairs, nil
})

func pairs(t *testing.T) []pair {
	t.Helper()
	ps, err := checked()
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

// TestAgainstCompiler compares each sample with what the compiler made of the
// same declaration, in whatever reflect and the runtime can see.
func TestAgainstCompiler(t *testing.T) {
	ts := newTypes(t, Options{})
	for _, p := range pairs(t) {
		made, err := ts.Of(p.typ)
		if err != nil {
			t.Errorf("%s: %v", p.native, err)
			continue
		}
		c := comparer{seen: make(map[reflect.Type]bool)}
		for _, d := range c.compare(p.native.String(), made, p.native) {
			t.Error(d)
		}
		if again, err := ts.Of(p.typ); again != made || err != nil {
			t.Errorf("%s: another type the second time (%v)", p.native, err)
		}
		if back := ts.GoType(made); back == nil || !types.Identical(back, p.typ) {
			t.Errorf("%s: GoType is %v", p.native, back)
		}
	}
}

// TestFreshEach makes each sample first in a session of its own, so that the
// order of making does not matter.
func TestFreshEach(t *testing.T) {
	for _, p := range pairs(t) {
		made, err := newTypes(t, Options{}).Of(p.typ)
		if err != nil {
			t.Errorf("%s: %v", p.native, err)
			continue
		}
		c := comparer{seen: make(map[reflect.Type]bool)}
		for _, d := range c.compare(p.native.String(), made, p.native) {
			t.Error(d)
		}
	}
}

func newTypes(t testing.TB, opt Options) *Types {
	t.Helper()
	ts, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// A comparer finds the differences of two types.
type comparer struct {
	seen  map[reflect.Type]bool
	diffs []string
}

func (c *comparer) compare(path string, made, native reflect.Type) []string {
	if made == native || c.seen[made] {
		return c.diffs
	}
	c.seen[made] = true
	eq := func(what string, m, n any) {
		if m != n {
			c.diffs = append(c.diffs, fmt.Sprintf("%s: %s is %v, want %v", path, what, m, n))
		}
	}
	if isNative(native) {
		eq("identity", made, native)
		return c.diffs
	}
	eq("String", here(made.String()), native.String())
	eq("Name", here(made.Name()), native.Name())
	eq("PkgPath", here(made.PkgPath()), native.PkgPath())
	eq("Kind", made.Kind(), native.Kind())
	eq("Size", made.Size(), native.Size())
	eq("Align", made.Align(), native.Align())
	eq("FieldAlign", made.FieldAlign(), native.FieldAlign())
	eq("Comparable", made.Comparable(), native.Comparable())
	eq("NumMethod", made.NumMethod(), native.NumMethod())
	c.header(path, goruntime.DescriptorOf(made), goruntime.DescriptorOf(native), eq)
	if made.Kind() != native.Kind() || made.NumMethod() != native.NumMethod() {
		return c.diffs
	}
	for i := range made.NumMethod() {
		m, n := made.Method(i), native.Method(i)
		eq("method name", m.Name, n.Name)
		eq("method PkgPath", here(m.PkgPath), n.PkgPath)
		eq("method index", m.Index, n.Index)
		c.compare(path+"."+m.Name, m.Type, n.Type)
	}
	switch made.Kind() {
	case reflect.Array:
		eq("Len", made.Len(), native.Len())
		c.compare(path+"[]", made.Elem(), native.Elem())
	case reflect.Pointer, reflect.Slice:
		c.compare(path+"*", made.Elem(), native.Elem())
	case reflect.Chan:
		eq("ChanDir", made.ChanDir(), native.ChanDir())
		c.compare(path+"<-", made.Elem(), native.Elem())
	case reflect.Map:
		m, n := (*goruntime.MapType)(unsafe.Pointer(goruntime.DescriptorOf(made))), (*goruntime.MapType)(unsafe.Pointer(goruntime.DescriptorOf(native)))
		mv, nv := reflect.ValueOf(m).Elem(), reflect.ValueOf(n).Elem()
		for i := range mv.NumField() {
			if f := mv.Type().Field(i); f.Type.Kind() == reflect.Uintptr || f.Type.Kind() == reflect.Uint32 {
				eq("map "+f.Name, mv.Field(i).Uint(), nv.Field(i).Uint())
			}
		}
		c.compare(path+"[key]", made.Key(), native.Key())
		c.compare(path+"[elem]", made.Elem(), native.Elem())
	case reflect.Func:
		eq("NumIn", made.NumIn(), native.NumIn())
		eq("NumOut", made.NumOut(), native.NumOut())
		eq("IsVariadic", made.IsVariadic(), native.IsVariadic())
		for i := range min(made.NumIn(), native.NumIn()) {
			c.compare(fmt.Sprintf("%s(%d)", path, i), made.In(i), native.In(i))
		}
		for i := range min(made.NumOut(), native.NumOut()) {
			c.compare(fmt.Sprintf("%s()%d", path, i), made.Out(i), native.Out(i))
		}
	case reflect.Struct:
		eq("NumField", made.NumField(), native.NumField())
		for i := range min(made.NumField(), native.NumField()) {
			m, n := made.Field(i), native.Field(i)
			eq("field name", m.Name, n.Name)
			eq("field PkgPath", here(m.PkgPath), n.PkgPath)
			eq("field tag", m.Tag, n.Tag)
			eq("field offset", m.Offset, n.Offset)
			eq("field anonymous", m.Anonymous, n.Anonymous)
			eq("field exported", m.IsExported(), n.IsExported())
			c.compare(path+"."+m.Name, m.Type, n.Type)
		}
	}
	if made.Name() != "" {
		c.compare("*"+path, reflect.PointerTo(made), reflect.PointerTo(native))
	}
	return c.diffs
}

// header compares what only the runtime sees.
func (c *comparer) header(path string, made, native *goruntime.Type, eq func(string, any, any)) {
	eq("PtrBytes", made.PtrBytes, native.PtrBytes)
	const visible = ^goruntime.TFlagExtraStar
	mf, nf := made.TFlag&visible, native.TFlag&visible
	if mf&goruntime.TFlagNamed == 0 {
		// reflect.StructOf does not find out that a struct is regular memory,
		// which makes hashing slower and nothing else different.
		nf &^= ^mf & goruntime.TFlagRegularMemory
	}
	eq("flags", fmt.Sprintf("%b", mf), fmt.Sprintf("%b", nf))
	onDemand := mf & goruntime.TFlagGCMaskOnDemand
	if onDemand == 0 && nf&goruntime.TFlagGCMaskOnDemand == 0 && made.PtrBytes == native.PtrBytes && made.PtrBytes > 0 {
		n := (made.PtrBytes/wordSize + 7) / 8
		m, w := unsafe.Slice(made.GCData, n), unsafe.Slice(native.GCData, n)
		if mf&goruntime.TFlagNamed == 0 {
			// reflect also scans the first words of interfaces.
			for i := range m {
				eq("GC mask", m[i]&w[i], w[i])
			}
		} else {
			eq("GC mask", fmt.Sprintf("%x", m), fmt.Sprintf("%x", w))
		}
	}
	mu, nu := made.Uncommon(), native.Uncommon()
	if (mu == nil) != (nu == nil) {
		return // said by flags
	}
	if mu != nil {
		eq("Mcount", mu.Mcount, nu.Mcount)
		eq("Xcount", mu.Xcount, nu.Xcount)
		eq("method table", here(methodTable(made, mu)), methodTable(native, nu))
	}
}

// methodTable lists all methods of a type, with the package paths of those
// that carry one.
func methodTable(t *goruntime.Type, u *goruntime.Uncommon) string {
	var b strings.Builder
	if u.Mcount == 0 {
		return ""
	}
	ms := unsafe.Slice((*goruntime.Method)(unsafe.Add(unsafe.Pointer(u), u.Moff)), u.Mcount)
	for _, m := range ms {
		n := t.NameAt(m.Name)
		fmt.Fprintf(&b, "%s %d ", n.String(), *n.Bytes)
	}
	return b.String()
}

// here maps the package path of notebooks to that of this package.
func here(s string) string {
	if s == userPath {
		return thisPath
	}
	return strings.ReplaceAll(s, userPath+".", thisPath+".")
}

// isNative reports whether a named type is not of the samples.
func isNative(t reflect.Type) bool {
	return t.Name() != "" && t.PkgPath() != thisPath && !strings.Contains(t.Name(), thisPath)
}
