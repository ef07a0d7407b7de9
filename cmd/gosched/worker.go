package main

import (
	"context"

	"github.com/gosched/gosched/kernel/worker"
)

// A workerCommand is the child process in which cells run. It is started by
// `gosched kernel` and `gosched run`, over a channel.
type workerCommand struct{}

func (*workerCommand) Run(ctx context.Context, p *process) error {
	return worker.Serve(ctx, p.newSession)
}
