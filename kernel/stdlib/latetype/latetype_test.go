package latetype

import (
	"go/token"
	"go/types"
	"sync"
	"sync/atomic"
	"testing"
)

// This Go release has types that can be read late, and reads them once, whoever asks.
func TestSet(t *testing.T) {
	pkg := types.NewPackage("p", "p")
	n := types.NewNamed(types.NewTypeName(token.NoPos, pkg, "T", nil), nil, nil)
	var read atomic.Int32
	if !Set(n, func() (types.Type, []*types.Func) {
		read.Add(1)
		recv := types.NewVar(token.NoPos, pkg, "", n)
		sig := types.NewSignatureType(recv, nil, nil, nil, nil, false)
		return types.Typ[types.Int], []*types.Func{types.NewFunc(token.NoPos, pkg, "M", sig)}
	}) {
		t.Fatal("types cannot be read late")
	}
	slice := types.NewSlice(types.NewPointer(n))
	if types.Identical(slice.Elem(), n) || read.Load() > 0 {
		t.Errorf("it is read %d times without a need", read.Load())
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if n.Underlying() != types.Typ[types.Int] || types.NewMethodSet(n).Lookup(pkg, "M") == nil {
				t.Errorf("it is %v, with %d methods", n.Underlying(), n.NumMethods())
			}
		})
	}
	group.Wait()
	if read.Load() != 1 {
		t.Errorf("it is read %d times", read.Load())
	}
}
