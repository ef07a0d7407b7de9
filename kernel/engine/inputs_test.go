package engine

import (
	"strconv"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// Of a long session the last cells are remembered, and no more.
func TestInputsAreBounded(t *testing.T) {
	var in inputs
	const more = 25
	for n := 1; n <= mostInputs+more; n++ {
		in.add(session.Cell{Number: n, Source: strconv.Itoa(n)}, "", false)
	}
	all := in.tail(2 * mostInputs)
	if len(all) != mostInputs {
		t.Fatalf("%d cells are remembered, not %d", len(all), mostInputs)
	}
	if first, last := all[0].number, all[len(all)-1].number; first != more+1 || last != mostInputs+more {
		t.Errorf("cells %d to %d are remembered", first, last)
	}
}
