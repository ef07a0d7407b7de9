package sched

import (
	"math"
	"testing"
	"time"
)

func TestYieldsWhereItPays(t *testing.T) {
	var y yielding
	waitsUntilDue := func() (n int) {
		for n = 1; !y.due(); n++ {
		}
		return n
	}
	for _, step := range []struct {
		want int
		took time.Duration
		came bool
	}{
		{want: yieldEvery, came: true},
		{want: 1, came: true},
		{want: 1, took: yieldTime},
		{want: yieldEvery, took: time.Second, came: true},
		{want: yieldEvery - math.MinInt16},
		{want: yieldEvery},
	} {
		if got := waitsUntilDue(); got != step.want {
			t.Errorf("due after %d waits, want %d", got, step.want)
		}
		y.tried(step.took, step.came)
	}
}
