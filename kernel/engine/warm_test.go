package engine

import (
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

func TestWarm(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	asked := 0
	pause := func() bool {
		asked++
		return asked < 3
	}
	if err := e.Warm(t.Context(), []string{"slices", "sync", "maps"}, pause); err != nil || asked != 3 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	if err := e.Warm(t.Context(), []string{"no/such"}, func() bool { return true }); err == nil {
		t.Error("no/such is there")
	}
	// Names mean what they mean without it.
	for _, c := range []struct{ src, failure string }{
		{"slices := 3\nslices + 1", ""},
		{"maps.Clone(map[int]int{1: 2})", ""},
	} {
		r := e.Execute(t.Context(), session.Cell{ID: c.src, Number: 1, Source: c.src}, discard{})
		if r.Failure != nil {
			t.Errorf("%s: %v", c.src, r.Failure)
		}
	}
}
