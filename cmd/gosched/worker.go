package main

import (
	"context"

	"github.com/gosched/gosched/kernel/worker"
)

// runWorker is the child process in which cells run. It is started by
// `gosched kernel` and `gosched run`, over a channel.
func runWorker(ctx context.Context, p *process, args []string) error {
	if len(args) > 0 {
		return usageErrorf("worker takes no arguments")
	}
	return worker.Serve(ctx, p.newSession)
}
