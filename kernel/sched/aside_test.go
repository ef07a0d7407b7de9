package sched

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// What a select keeps for the next wait is memory of the case that was chosen, however
// large the values of the others are.
func TestAsideOfASelect(t *testing.T) {
	type large [8]*int
	n := newNotebook(t)
	for chosen := range 2 {
		small, big := make(chan *int), make(chan large)
		want := []reflect.Type{reflect.TypeFor[*int](), reflect.TypeFor[large]()}[chosen]
		n.cell(func(g *G) {
			into := []Comm{
				{Chan: ChanPointer(small), Val: unsafe.Pointer(new(*int)), Site: ElemSite(reflect.TypeFor[*int](), &Site{})},
				{Chan: ChanPointer(big), Val: unsafe.Pointer(new(large)), Site: ElemSite(reflect.TypeFor[large](), &Site{})},
			}
			go func() {
				n.waiting(1)
				if chosen == 0 {
					small <- new(int)
				} else {
					big <- large{new(int)}
				}
			}()
			if got, _ := Select(g, into, true, at(1)); got != chosen {
				t.Errorf("case %d was chosen", got)
			}
			if *(**int)(into[chosen].Val) == nil {
				t.Error("the value has not come")
			}
			p := g.private()
			if p.aside == nil || p.asideType != goruntime.TypeWord(want) {
				t.Errorf("case %d: what is kept is not a %v", chosen, want)
			}
			if c := &into[1-chosen]; c.aside(g).Val == p.aside {
				t.Error("that memory is given to a value of another type")
			}
		})
	}
}
