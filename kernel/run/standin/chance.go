package standin

import (
	"math/rand"
	randv2 "math/rand/v2"
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
)

// What chance decides is decided again in the same way where a goroutine has random
// numbers of its own: the functions of math/rand and math/rand/v2 that have no source
// take theirs.

// A randomCall stands in for such a function.
type randomCall func(next func() uint64, t *frame.Thread, args, res []unsafe.Pointer)

// Numbers is a source of both packages.
type Numbers struct{ Next func() uint64 }

func (n Numbers) Uint64() uint64 { return n.Next() }
func (n Numbers) Int63() int64   { return int64(n.Next() >> 1) }
func (n Numbers) Seed(int64)     {}

// randomMethods are the methods of each package's Rand, by name.
var randomMethods = sync.OnceValue(func() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for path, t := range map[string]reflect.Type{"math/rand": reflect.TypeFor[*rand.Rand](), "math/rand/v2": reflect.TypeFor[*randv2.Rand]()} {
		all[path] = map[string]bool{}
		for i := range t.NumMethod() {
			all[path][t.Method(i).Name] = true
		}
	}
	return all
})

// RandomMethod is what stands in for a function of a package, or nil.
func RandomMethod(path string, fn *ssa.Function) randomCall {
	if fn.Signature.Recv() != nil || !randomMethods()[path][fn.Name()] {
		return nil
	}
	name := fn.Name()
	return func(next func() uint64, t *frame.Thread, args, res []unsafe.Pointer) {
		var r reflect.Value
		if path == "math/rand" {
			r = reflect.ValueOf(rand.New(Numbers{next}))
		} else {
			r = reflect.ValueOf(randv2.New(Numbers{next}))
		}
		ReflectCall(r.MethodByName(name))(t, args, res)
	}
}
