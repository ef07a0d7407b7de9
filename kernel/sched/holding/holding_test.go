package holding

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// A set is what a list would be, whatever is taken and given in what order.
func TestSet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h Set
	var model []uintptr
	for step := range 20_000 {
		key := uintptr(8*r.IntN(24) + 8)
		if r.IntN(3) == 0 {
			key |= Shared
		}
		at := slices.Index(model, key)
		if r.IntN(2) == 0 && len(model) < 40 {
			h.Take(key)
			model = append(model, key)
		} else if had := h.Give(key); had != (at >= 0) {
			t.Fatalf("step %d: it had %#x: %v; has %v", step, key, had, model)
		} else if had {
			model = slices.Delete(model, at, at+1)
		}
		got, want := h.All(), slices.Clone(model)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("step %d: has %v, want %v", step, got, want)
		}
	}
	for _, key := range model {
		if !h.Give(key) {
			t.Errorf("it did not have %#x", key)
		}
	}
	if len(h.All()) != 0 || h.more.rest != nil {
		t.Errorf("an empty set has something: %+v", h)
	}
}

func TestLocks(t *testing.T) {
	var h Set
	h.Take(16 | Shared)
	h.Take(32)
	if got := h.Locks(); !slices.Equal(got, []uintptr{16, 32}) {
		t.Errorf("has %v", got)
	}
	if h.Gave(32) || !h.Gave(16|Shared) || h.Gave(16|Shared) {
		t.Error("it gave what it had not taken first")
	}
}

func TestCircles(t *testing.T) {
	const a, b, c, rw = uintptr(8), uintptr(16), uintptr(24), uintptr(32)
	one := func(kind wait.Kind, key uintptr, held ...uintptr) Wait { return Wait{Key: key, Kind: kind, Held: held} }
	lock := func(key uintptr, held ...uintptr) Wait { return one(wait.Mutex, key, held...) }
	for _, x := range []struct {
		name  string
		waits []Wait
		stuck []int
	}{
		{"nobody", nil, nil},
		{"two", []Wait{lock(a, b), lock(b, a)}, []int{0, 1}},
		{"three, and one who waits for them", []Wait{lock(a, b), lock(b, c), lock(c, a), lock(a)}, []int{0, 1, 2, 3}},
		{"one who can go on", []Wait{lock(a, b), lock(b)}, nil},
		{"one behind the other", []Wait{lock(a), lock(b, a), lock(c, b)}, nil},
		{"its own lock", []Wait{lock(a, a)}, nil},
		{"a lock that two have", []Wait{lock(a, b), lock(b, a), lock(c, b)}, nil},
		{"readers keep a writer out", []Wait{one(wait.RWLock, rw, a), lock(a, rw|Shared)}, []int{0, 1}},
		{"readers let readers in", []Wait{one(wait.RLock, rw, a), lock(a, rw|Shared)}, nil},
		{"a writer that waits keeps readers out",
			[]Wait{one(wait.RLock, rw, a, rw|Shared), one(wait.RWLock, rw)}, []int{0, 1}},
		{"a writer keeps readers out", []Wait{one(wait.RLock, rw, a), lock(a, rw)}, []int{0, 1}},
	} {
		if got := Circles(x.waits); !slices.Equal(got, x.stuck) {
			t.Errorf("%s: stuck are %v, want %v", x.name, got, x.stuck)
		}
	}
}
