package compile

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"

	"github.com/gosched/gosched/kernel/run/standin"
)

// A chosenOrder is the order in which a map is gone through where that is to be the
// same again: one that random numbers decide that can be had again. Elements that are
// removed before they are reached do not come, nor do those that are added.
type chosenOrder struct {
	m    reflect.Value
	keys []reflect.Value
	key  reflect.Value
}

// chooseOrder returns an order for m, or nil where keys have no order of their own
// from which to begin.
func chooseOrder(m reflect.Value, next func() uint64) *chosenOrder {
	var compare func(a, b reflect.Value) int
	switch k := m.Type().Key().Kind(); {
	case k == reflect.String:
		compare = func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }
	case k >= reflect.Int && k <= reflect.Int64:
		compare = func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	case k >= reflect.Uint && k <= reflect.Uintptr:
		compare = func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) }
	case k == reflect.Bool:
		compare = func(a, b reflect.Value) int {
			if a.Bool() == b.Bool() {
				return 0
			} else if b.Bool() {
				return -1
			}
			return 1
		}
	default:
		return nil
	}
	o := &chosenOrder{m: m, keys: m.MapKeys()}
	slices.SortFunc(o.keys, compare)
	if n := len(o.keys); n > 1 {
		rand.New(standin.Numbers{Next: next}).Shuffle(n, func(i, j int) { o.keys[i], o.keys[j] = o.keys[j], o.keys[i] })
	}
	return o
}

// next goes on to the next key that is in the map.
func (o *chosenOrder) next() (value reflect.Value, ok bool) {
	for len(o.keys) > 0 {
		o.key, o.keys = o.keys[0], o.keys[1:]
		if value = o.m.MapIndex(o.key); value.IsValid() {
			return value, true
		}
	}
	return value, false
}
