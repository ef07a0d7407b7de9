package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/gosched/gosched/kernel"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/worker"
)

// parentPoll is how often a kernel looks whether the Jupyter that started it
// is still there.
const parentPoll = 5 * time.Second

func runKernel(ctx context.Context, p *process, args []string) error {
	set := p.flags("kernel", `
Usage: gosched kernel CONNECTION-FILE

Be the kernel. Jupyter starts this and writes the connection file; to use the
kernel yourself, start `+"`gosched lab`"+` or `+"`gosched install`"+`.

$`+worker.MemoryLimitVariable+` is how much memory a notebook may use, such as 2GiB.`)
	debug := set.Bool("debug", false, "tell everything that happens, on standard error")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageErrorf("kernel takes one connection file, and Jupyter gives it. You probably want: gosched lab")
	}
	connection, err := wire.ReadConnectionFile(rest[0])
	if err != nil {
		return err
	}
	options, err := p.workerOptions()
	if err != nil {
		return err
	}
	level := slog.LevelWarn
	if *debug {
		level = slog.LevelDebug
	}
	options.Logger = slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: level}))

	// Interrupts come as messages. A Ctrl-C in the terminal of a Jupyter
	// server is meant for that one: taken here, and not looked at.
	_, stopInterrupts := p.notify(os.Interrupt)
	defer stopInterrupts()
	endings, stopEndings := p.notify(syscall.SIGTERM, syscall.SIGHUP)
	defer stopEndings()
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel()
	watch.Go(func() {
		p.waitForEnd(ctx, endings)
		cancel()
	})

	cells, err := p.openSession(ctx, options)
	if err != nil {
		return err
	}
	return kernel.Run(ctx, kernel.Options{
		Connection: connection,
		Session:    cells,
		Version:    version().Gosched,
		Logger:     options.Logger,
	})
}

// waitForEnd returns when the kernel must end although nobody has asked it to:
// on a signal, or when the Jupyter that started it has gone.
func (p *process) waitForEnd(ctx context.Context, endings <-chan os.Signal) {
	var poll <-chan time.Time
	if p.host.Getenv("JPY_PARENT_PID") != "" {
		ticker := time.NewTicker(parentPoll)
		defer ticker.Stop()
		poll = ticker.C
	}
	for parent := os.Getppid(); ; {
		select {
		case <-ctx.Done():
			return
		case <-endings:
			return
		case <-poll:
			if os.Getppid() != parent {
				return
			}
		}
	}
}
