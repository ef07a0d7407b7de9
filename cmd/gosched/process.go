package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"

	"golang.org/x/term"

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
	newSession func(context.Context) (session.Engine, error)
	// useOneProcessor has this process's goroutines share one processor.
	useOneProcessor func()
}

func thisProcess() *process {
	dir, err := os.Getwd()
	if err != nil {
		dir = "." // it was deleted; whoever needs it will say so
	}
	p := &process{
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
		useOneProcessor: func() { runtime.GOMAXPROCS(1) },
	}
	p.newSession = p.engine
	return p
}

// workerOptions are the options that people set in the environment.
func (p *process) workerOptions(engineFlag string) (worker.Options, error) {
	kind, err := p.chosen(engineFlag)
	if err != nil {
		return worker.Options{}, err
	}
	limit, err := worker.MemoryLimit(p.host.Getenv(worker.MemoryLimitVariable))
	if limit == 0 {
		limit = -1 // none
	}
	env := p.host.Environ
	if kind != "" {
		if env == nil {
			env = os.Environ()
		}
		env = append(slices.Clone(env), engineVariable+"="+string(kind))
	}
	return worker.Options{MemoryLimit: limit, Env: env}, err
}

// keepingNothing is an environment in which no progress is kept, unless it says where:
// a notebook that is run as a whole is nobody's work.
func (p *process) keepingNothing(env []string) []string {
	if p.host.Getenv(progressVariable) != "" {
		return env
	}
	if env == nil {
		env = os.Environ()
	}
	return append(slices.Clone(env), progressVariable+"=off")
}

// isTerminal says whether text goes to a person's terminal that can do more
// than print letters.
func (p *process) isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok || p.host.Getenv("TERM") == "dumb" {
		return false
	}
	return term.IsTerminal(int(file.Fd()))
}

// colours says whether to colour what goes to a stream; see no-color.org.
func (p *process) colours(stream any) bool {
	return p.host.Getenv("NO_COLOR") == "" && p.isTerminal(stream)
}
