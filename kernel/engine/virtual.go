package engine

import (
	"context"

	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/sched/control"
)

// under says that a cell's goroutines run one at a time, and in which order.
type under struct {
	seed     *explore.Seed // nil: in turn
	accesses bool          // accesses to shared memory are steps
}

func (u *under) strategy() control.Strategy {
	if u.seed == nil {
		return new(control.Fair)
	}
	return u.seed.Strategy()
}

var virtualCommand = command{
	name:     "virtual",
	examples: []string{"%%virtual\ntime.Sleep(10 * time.Hour)\nfmt.Println(time.Now())"},
	usage:    []usage{{"%%virtual", "run the cell on a clock that jumps when everybody waits"}},
	help: `Time stands still while a goroutine can go on. When all of them wait, it jumps to the
next timer: ten hours of sleeping take milliseconds. That holds for time.Sleep, timers,
tickers and deadlines of contexts. The clock begins at midnight UTC on 1 January 2000.
Goroutines that are left over in the end are named and stopped.`,
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		if f := in.observable(); f != nil {
			return ending{failure: f}
		}
		if in.run.under == nil {
			in.run.under = &under{}
		}
		return rest(ctx)
	},
}

var replayCommand = command{
	name:     "replay",
	complete: completeSeeds,
	examples: []string{"%%replay w7\ncount := 0\nvar wg sync.WaitGroup\nfor range 2 {\n\twg.Go(func() { count++ })\n}\nwg.Wait()\ncount"},
	usage:    []usage{{"%%replay SEED", "run the cell under one of the schedules that %%explore has shown"}},
	help: `The cell takes the same course every time, also after a restart, as long as its source and the
functions that it calls are the same. It combines with %%trace.`,
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		if f := in.observable(); f != nil {
			return ending{failure: f}
		}
		seed, err := explore.ParseSeed(in.args)
		if err != nil {
			return in.failed(err)
		}
		in.run.under = &under{seed: &seed, accesses: true}
		return rest(ctx)
	},
}
