//go:build js

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"syscall/js"
	"time"

	"github.com/gosched/gosched/kernel"
	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/stdlib"
)

// mostStack is how large a goroutine's stack may become, in bytes: the memory of
// WebAssembly never shrinks.
const mostStack = 1 << 28

// mostOutput is how much one cell may print and show, in bytes: a page is busy for
// seconds with showing more than that.
const mostOutput = 1 << 20

// Memory is taken from the page once, and not half a megabyte at a time: each time the
// page's own garbage is collected, too. Nothing of it is touched before it is used. And
// where there is one thread, collecting garbage is in the way of whatever else there is to
// do. Both together spare a third of the time that a session takes for cells of 100 lines.
const (
	reserved       = 192 << 20 // bytes
	garbagePercent = 200       // see debug.SetGCPercent
)

// reserve is a variable for the compiler not to see that nobody needs the memory.
var reserve = func(n int) []byte { return make([]byte, n) }

// version is set when it is linked.
var version = "devel"

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "gosched:", err)
		os.Exit(1)
	}
}

// common are the packages that cells use most, those that take longest first.
var common = []string{"slices", "maps", "fmt", "time", "sync", "context", "errors", "strings", "sort", "os", "strconv", "math/rand", "sync/atomic"}

// warm imports common packages while the page is still busy with itself and
// nothing has been asked for. Between two of them the page may have its turn.
func warm(ctx context.Context, cells *engine.Engine, p *page) {
	err := cells.Warm(ctx, common, func() bool {
		select {
		case <-time.After(20 * time.Millisecond):
			return !p.executes.Load()
		case <-ctx.Done():
			return false
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "gosched:", err)
	}
}

func run(ctx context.Context) error {
	debug.SetGCPercent(garbagePercent)
	reserve(reserved)
	debug.SetMaxStack(mostStack)
	os.Args = os.Args[:1]
	cells, err := engine.Open(engine.Options{Kind: engine.Direct})
	if err != nil {
		return err
	}
	p, err := newPage()
	if err != nil {
		return err
	}
	defer p.release()
	if p.object.Get("library").Type() == js.TypeFunction {
		stdlib.Lend(p.library)
	}
	ctx, cancel := context.WithCancel(ctx)
	var warming sync.WaitGroup
	defer warming.Wait()
	defer cancel()
	warming.Go(func() { warm(ctx, cells, p) })
	return kernel.Run(ctx, kernel.Options{
		Transport:    p,
		Session:      cells,
		Version:      version,
		OutputLimit:  mostOutput,
		OutputAdvice: "A page can show no more: print less, or a part of it.",
		Logger:       slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
}
