package sched

import (
	"math"
	"testing"
	"time"
)

func TestYieldsWhereItPays(t *testing.T) {
	const most = math.MaxInt16
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
		{want: yieldEvery, took: yieldTime + 96, came: true}, // a tick of a browser's clock
		{want: yieldEvery + yieldRest, took: 3 * yieldTime},
		{want: yieldEvery + 3*yieldRest, took: time.Second, came: true},
		{want: yieldEvery + most, took: time.Hour},
		{want: yieldEvery + most},
		{want: yieldEvery},
	} {
		if got := waitsUntilDue(); got != step.want {
			t.Errorf("due after %d waits, want %d", got, step.want)
		}
		y.tried(step.took, step.came)
	}
}
