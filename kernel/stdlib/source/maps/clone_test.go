package maps

import (
	stdmaps "maps"
	"math"
	"testing"
)

func TestClone(t *testing.T) {
	type table map[string]int
	m := table{"a": 1}
	c := Clone(m)
	c["b"] = 2
	if len(m) != 1 || c["a"] != 1 {
		t.Errorf("clone %v of %v", c, m)
	}
	if Clone[table](nil) != nil || Clone(table{}) == nil {
		t.Error("nil is kept, and only nil")
	}
	nan := map[float64]int{math.NaN(): 1, math.Inf(1): 2}
	if got, want := len(Clone(nan)), len(stdmaps.Clone(nan)); got != want {
		t.Errorf("clone of a map with NaN has %d keys, want %d", got, want)
	}
}
