package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/gosched/gosched/kernel"
	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/worker"
)

// parentPoll is how often a kernel looks whether the Jupyter that started it
// is still there.
const parentPoll = 5 * time.Second

type kernelCommand struct {
	engineFlag
	ConnectionFile string `arg:"" help:"What Jupyter has written: where the kernel listens, and its key."`
	Debug          bool   `help:"Tell everything that happens, on standard error."`
}

func (*kernelCommand) Help() string {
	return `Jupyter starts this and writes the connection file. To use the kernel yourself, start "gosched lab" or "gosched install".

What the environment says:

  ` + worker.MemoryLimitVariable + `  how much memory a notebook may use, such as 2GiB
  ` + kernel.OutputLimitVariable + `  how much one cell may print and show, by default 256MiB; 0 for any amount
  ` + engineVariable + `        the engine where no flag names one
  ` + historyVariable + `       the file that remembers the cells of all sessions, or off
  ` + progressVariable + `      the file that keeps which tasks of the course are done, or off
  ` + modules.CacheVariable + `         the folder that keeps what published modules declare, or off
  ` + formatVariable + `        on puts gofmt's text into cells when they run, like %fmt on`
}

func (c *kernelCommand) Run(ctx context.Context, p *process) error {
	connection, err := wire.ReadConnectionFile(c.ConnectionFile)
	if err != nil {
		return err
	}
	options, err := p.workerOptions(c.Engine)
	if err != nil {
		return err
	}
	limit, err := p.outputLimit()
	if err != nil {
		return err
	}
	level := slog.LevelWarn
	if c.Debug {
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
	watch.Go(func() {
		p.logFacts(options.Logger)
		// What goes on now are goroutines that hand messages on to each other and are
		// done in no time: on several processors each would wake a thread for the next
		// one. Cells have all of them.
		p.useOneProcessor()
	})
	return kernel.Run(ctx, kernel.Options{
		Connection: connection,
		Session:    cells,
		Version:    version().text(),
		Logger:     options.Logger,

		OutputLimit: limit,
		History:     p.historyFile(),
	})
}

// historyVariable names the environment variable that says where cells are
// remembered.
const historyVariable = "GOSCHED_HISTORY"

// historyFile is where cells are remembered beyond their session; empty for
// nowhere.
func (p *process) historyFile() string {
	switch file := p.host.Getenv(historyVariable); file {
	case "":
		return filepath.Join(p.host.UserDataDir(), "gosched", "history.sqlite")
	case "off":
		return ""
	default:
		return file
	}
}

// progressVariable names the environment variable that says where it is kept which
// tasks of the course are done.
const progressVariable = "GOSCHED_PROGRESS"

// progressFile is where it is kept; empty for nowhere.
func (p *process) progressFile() string {
	switch file := p.host.Getenv(progressVariable); file {
	case "":
		return filepath.Join(p.host.UserDataDir(), "gosched", "progress.jsonl")
	case "off":
		return ""
	default:
		return file
	}
}

// outputLimit is how much a cell may print and show, in bytes.
func (p *process) outputLimit() (int64, error) {
	value := p.host.Getenv(kernel.OutputLimitVariable)
	if value == "" {
		return kernel.DefaultOutputLimit, nil
	}
	n, err := worker.ParseSize(value)
	if err != nil {
		return 0, fmt.Errorf("%s is %q: %w; write a size such as 64MiB, or 0 for any amount", kernel.OutputLimitVariable, value, err)
	}
	return n, nil
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
