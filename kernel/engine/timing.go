package engine

import (
	"context"
	"time"
)

var timeCommand = command{
	name:     "time",
	usage:    []usage{{"%%time", "say how long the cell takes"}},
	examples: []string{"%%time\nslices.Sort(numbers)"},
	help:     "The time is that of the clock on the wall, from before the cell is compiled to its end. Goroutines that outlive the cell are not waited for.",
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		start := time.Now()
		end := rest(ctx)
		in.say("took %s", readable(time.Since(start)))
		return end
	},
}

// readable rounds a duration to three digits or so.
func readable(d time.Duration) time.Duration {
	for unit := time.Duration(1); ; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
}
