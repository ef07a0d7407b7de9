package engine

import (
	"context"
	"time"
)

// What shows a running cell does so this often, or as often as takes a tenth of the
// time.
const (
	livePause = 100 * time.Millisecond
	liveShare = 10
)

// live runs rest and calls show meanwhile, again and again, on one goroutine, which has
// ended when live returns.
func live(ctx context.Context, rest func(context.Context) ending, show func()) ending {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		pause := time.NewTimer(livePause)
		defer pause.Stop()
		for {
			select {
			case <-over:
				return
			case <-pause.C:
			}
			start := time.Now()
			show()
			pause.Reset(max(livePause, liveShare*time.Since(start)))
		}
	}()
	defer func() {
		close(over)
		<-done
	}()
	return rest(ctx)
}
