package main

import (
	"context"
	"io"
	"os"
	"os/signal"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/worker"
)

// A process is what a subcommand sees of the world.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	host           install.Host
	dir            string // working directory
	executable     func() (string, error)
	leaks          func() bool // whether %leaks can find every leak
	// notify delivers signals until stop is called.
	notify func(...os.Signal) (signals <-chan os.Signal, stop func())
	// openSession starts a session in a child process.
	openSession func(context.Context, worker.Options) (session.Session, error)
	// newSession makes the session that a worker serves.
	newSession func(context.Context) (session.Session, error)
}

func thisProcess() *process {
	dir, err := os.Getwd()
	if err != nil {
		dir = "." // it was deleted; whoever needs it will say so
	}
	return &process{
		stdin:      os.Stdin,
		stdout:     os.Stdout,
		stderr:     os.Stderr,
		host:       install.ThisHost(),
		dir:        dir,
		executable: os.Executable,
		leaks:      findsLeaks,
		notify: func(which ...os.Signal) (<-chan os.Signal, func()) {
			signals := make(chan os.Signal, 4)
			signal.Notify(signals, which...)
			return signals, func() { signal.Stop(signals) }
		},
		openSession: func(ctx context.Context, options worker.Options) (session.Session, error) {
			return worker.Start(ctx, options)
		},
		newSession: newSession,
	}
}

// workerOptions are the options that people set in the environment.
func (p *process) workerOptions() (worker.Options, error) {
	limit, err := worker.MemoryLimit(p.host.Getenv(worker.MemoryLimitVariable))
	if limit == 0 {
		limit = -1 // none
	}
	return worker.Options{MemoryLimit: limit, Env: p.host.Environ}, err
}

// isTerminal says whether text goes to a person's terminal that can do more
// than print letters.
func (p *process) isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok || p.host.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colours says whether to colour what goes to a stream; see no-color.org.
func (p *process) colours(stream any) bool {
	return p.host.Getenv("NO_COLOR") == "" && p.isTerminal(stream)
}
