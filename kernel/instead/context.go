package instead

import (
	"context"
	"time"
)

// Contexts that end by themselves wake whoever waits for them, which the scheduler is to
// know of.

func contextFunctions[C Caller]() map[string]any {
	return map[string]any{
		"context.WithTimeout": func(c C, parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			return watched(c)(context.WithTimeout(parent, d))
		},
		"context.WithTimeoutCause": func(c C, parent context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
			return watched(c)(context.WithTimeoutCause(parent, d, cause))
		},
		"context.WithDeadline": func(c C, parent context.Context, at time.Time) (context.Context, context.CancelFunc) {
			return watched(c)(context.WithDeadline(parent, at))
		},
		"context.WithDeadlineCause": func(c C, parent context.Context, at time.Time, cause error) (context.Context, context.CancelFunc) {
			return watched(c)(context.WithDeadlineCause(parent, at, cause))
		},
	}
}

// watched has c's scheduler know of a context.
func watched(c Caller) func(context.Context, context.CancelFunc) (context.Context, context.CancelFunc) {
	return func(ctx context.Context, cancel context.CancelFunc) (context.Context, context.CancelFunc) {
		c.Goroutine().Scheduler().WatchContext(ctx)
		return ctx, cancel
	}
}
