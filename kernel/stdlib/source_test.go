package stdlib

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// genericSymbols lists the exported generic functions and methods of all
// packages that are bound as compiled code.
func genericSymbols(t *testing.T, imp *Importer) []*types.Func {
	t.Helper()
	var funcs []*types.Func
	for _, path := range Packages() {
		pkg := mustImport(t, imp, path)
		if Sources(path) != nil {
			continue
		}
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			switch obj := obj.(type) {
			case *types.Func:
				if obj.Signature().TypeParams() != nil {
					funcs = append(funcs, obj)
				}
			case *types.TypeName:
				named, ok := obj.Type().(*types.Named)
				if !ok {
					continue
				}
				for m := range named.Methods() {
					if m.Exported() && (named.TypeParams() != nil || m.Signature().TypeParams() != nil) {
						funcs = append(funcs, m)
					}
				}
			}
		}
	}
	return funcs
}

// Every generic function and method of a compiled package has a shadow with
// its signature, and there is no shadow of nothing.
func TestShadowsCoverGenerics(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	src, err := imp.Source(ShadowPath)
	if err != nil {
		t.Fatal(err)
	}
	missing := maps.Clone(shadows)
	maps.Copy(missing, newShadows)
	for _, f := range genericSymbols(t, imp) {
		name, ok := Shadow(f.FullName())
		if !ok {
			t.Errorf("%s has no shadow", f.FullName())
			continue
		}
		delete(missing, f.FullName())
		shadow, ok := src.Package.Scope().Lookup(name).(*types.Func)
		if !ok {
			t.Errorf("%s: there is no function shadow.%s", f.FullName(), name)
			continue
		}
		if got, want := shape(shadow), shape(f); got != want {
			t.Errorf("shadow.%s is %s, want %s", name, got, want)
		}
	}
	for name := range missing {
		t.Errorf("shadow of %s, which does not exist in %s", name, GoVersion)
	}
}

// shape writes down a generic function's signature with its type parameters
// numbered and a receiver as first parameter.
func shape(f *types.Func) string {
	sig := f.Signature()
	params := slices.Collect(sig.RecvTypeParams().TypeParams())
	params = slices.AppendSeq(params, sig.TypeParams().TypeParams())
	var vars []*types.Var
	if sig.Recv() != nil {
		vars = append(vars, sig.Recv())
	}
	vars = slices.AppendSeq(vars, sig.Params().Variables())
	var bounds []string
	number := make(map[string]string)
	for _, p := range params {
		number[p.Obj().Name()] = fmt.Sprintf("T%d", len(number))
		// Constraints may be unexported and so have another name.
		bounds = append(bounds, types.TypeString(p.Constraint().Underlying(), nil))
	}
	text := types.TypeString(types.NewSignatureType(nil, nil, nil, types.NewTuple(unnamed(vars)...),
		types.NewTuple(unnamed(slices.Collect(sig.Results().Variables()))...), sig.Variadic()), nil)
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("[]*(), ", r) })
	for _, w := range words {
		if n, ok := number[w]; ok {
			text = replaceWord(text, w, n)
		}
	}
	return fmt.Sprint(bounds, text)
}

func unnamed(vars []*types.Var) []*types.Var {
	out := make([]*types.Var, len(vars))
	for i, v := range vars {
		out[i] = types.NewParam(token.NoPos, nil, "", v.Type())
	}
	return out
}

func replaceWord(text, word, with string) string {
	isWord := func(b byte) bool {
		return b == '.' || b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], word) && (i == 0 || !isWord(text[i-1])) &&
			(i+len(word) == len(text) || !isWord(text[i+len(word)])) {
			b.WriteString(with)
			i += len(word)
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// instances mentions every exported generic function of the packages that are
// run from source, and every shadow, with some type arguments.
const instances = `package instances

import (
	"cmp"
	"crypto/sha256"
	"hash"
	"hash/maphash"
	"iter"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync/atomic"
	"database/sql"
	"time"
	"unique"
	"weak"

	shadow "` + ShadowPath + `"
)

type pair struct { a string; b int }
func (p *pair) Error() string { return p.a }
type ints []int
type table map[string]pair
type myHash struct { hash.Hash }

var _ = []any{
	cmp.Compare[float64], cmp.Less[string], cmp.Or[pair],
	iter.Pull[pair], iter.Pull2[string, pair],
	maps.All[table], maps.Clone[table], maps.Collect[string, pair], maps.Copy[table, map[string]pair],
	maps.DeleteFunc[table], maps.Equal[table, table], maps.EqualFunc[table, map[string]int],
	maps.Insert[table], maps.Keys[table], maps.Values[table],
	slices.All[ints], slices.AppendSeq[ints], slices.Backward[ints], slices.BinarySearch[ints],
	slices.BinarySearchFunc[[]pair, pair, string], slices.Chunk[ints], slices.Clip[ints], slices.Clone[ints],
	slices.Collect[pair], slices.Compact[ints], slices.CompactFunc[[]pair], slices.Compare[[]float64],
	slices.CompareFunc[ints, []string], slices.Concat[ints], slices.Contains[[]pair], slices.ContainsFunc[ints],
	slices.Delete[ints], slices.DeleteFunc[ints], slices.Equal[[]pair], slices.EqualFunc[ints, []string],
	slices.Grow[ints], slices.Index[[]pair], slices.IndexFunc[ints], slices.Insert[ints],
	slices.IsSorted[[]float64], slices.IsSortedFunc[[]pair], slices.Max[[]float64], slices.MaxFunc[[]pair],
	slices.Min[[]string], slices.MinFunc[[]pair], slices.Repeat[ints], slices.Replace[ints], slices.Reverse[[]pair],
	slices.Sort[[]string], slices.SortFunc[[]pair], slices.SortStableFunc[[]pair], slices.Sorted[float64],
	slices.SortedFunc[pair], slices.SortedStableFunc[pair], slices.Values[ints],

	shadow.AddCleanup[pair, int], shadow.AsType[*pair], shadow.AtomicPointerCompareAndSwap[pair],
	shadow.AtomicPointerLoad[pair], shadow.AtomicPointerStore[pair], shadow.AtomicPointerSwap[pair],
	shadow.HKDFExpand[*myHash], shadow.HKDFExtract[hash.Hash], shadow.HKDFKey[*myHash], shadow.PBKDF2Key[*myHash],
	shadow.HashComparable[pair], shadow.HashWriteComparable[any], shadow.OnceValue[pair], shadow.OnceValues[pair, error],
	shadow.RandN[time.Duration], shadow.SQLNullScan[pair], shadow.SQLNullValue[pair], shadow.TypeAssert[error],
	shadow.TypeFor[pair], shadow.UniqueHandleValue[pair], shadow.UniqueMake[pair], shadow.WeakMake[pair], shadow.WeakPointerValue[pair],
}

// Named constraints and types are used as a program uses them.
func use(seq iter.Seq[int], p *atomic.Pointer[pair], n sql.Null[int], u unique.Handle[string], w weak.Pointer[pair]) {
	for range seq {}
	_, _, _, _ = p, n, u, w
	_ = sha256.New
	_ = maphash.MakeSeed
	_, _ = reflect.TypeOf, runtime.GC
}
`

// The sources of every package that is run from source build, and so do
// instances of all their generic functions.
func TestBuildSources(t *testing.T) {
	fset := token.NewFileSet()
	imp := NewImporter(fset)
	var files []*ast.File
	for _, src := range append([]string{instances}, newInstances...) {
		f, err := parser.ParseFile(fset, "instances.go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := NewInfo()
	conf := types.Config{Importer: imp, GoVersion: GoVersion}
	pkg, err := conf.Check("instances", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	fromSource := []string{"plugin", "runtime/cgo"}
	for _, path := range fromSource {
		mustImport(t, imp, path)
	}

	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.SanityCheckFunctions)
	created := make(map[*types.Package]bool)
	var create func(p *types.Package)
	create = func(p *types.Package) {
		if created[p] {
			return
		}
		created[p] = true
		for _, q := range p.Imports() {
			create(q)
		}
		if src := imp.sources[p.Path()]; src != nil {
			fillAll(t, src)
			prog.CreatePackage(p, src.Files, src.Info, true)
		} else {
			prog.CreatePackage(p, nil, nil, true)
		}
	}
	for _, path := range fromSource {
		create(mustImport(t, imp, path))
	}
	for _, p := range pkg.Imports() {
		create(p)
	}
	ssaPkg := prog.CreatePackage(pkg, files, info, false)
	prog.Build()

	used := make(map[*types.Func]bool)
	for id := range info.Instances {
		if fn, ok := info.Uses[id].(*types.Func); ok {
			used[fn] = true
		}
	}
	for path, src := range imp.sources {
		for _, name := range src.Package.Scope().Names() {
			fn, ok := src.Package.Scope().Lookup(name).(*types.Func)
			if ok && fn.Exported() && fn.Signature().TypeParams() != nil && !used[fn] {
				t.Errorf("%s.%s is not instantiated by this test", path, name)
			}
		}
	}
	bodies := 0
	for _, b := range ssaPkg.Func("init").Blocks {
		for _, instr := range b.Instrs {
			for _, op := range instr.Operands(nil) {
				if fn, ok := (*op).(*ssa.Function); ok && fn.Origin() != nil {
					if len(fn.Blocks) == 0 {
						t.Errorf("%s has no body", fn)
					}
					bodies++
				}
			}
		}
	}
	if bodies < 70 {
		t.Errorf("only %d instances seen", bodies)
	}
}

// What source packages call in compiled ones is in the tables, or is itself
// generic and has source or a shadow.
func TestSourcesCallWhatIsBound(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	for _, path := range append(Packages(), ShadowPath) {
		src, err := imp.Source(path)
		if err != nil {
			t.Fatal(err)
		}
		if src == nil {
			continue
		}
		for id, obj := range src.Info.Uses {
			if obj.Pkg() == nil || obj.Pkg() == src.Package || obj.Pkg() == types.Unsafe || obj.Parent() != obj.Pkg().Scope() || Sources(obj.Pkg().Path()) != nil {
				continue
			}
			switch obj := obj.(type) {
			case *types.Func, *types.Var:
				if _, ok := Lookup(obj.Pkg().Path(), obj.Name()); !ok {
					t.Errorf("%s: %s is not bound", imp.fset.Position(id.Pos()), obj)
				}
			}
		}
	}
}
