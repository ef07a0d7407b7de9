package compile

import (
	"context"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// makesContext are the functions that make a context with a function to cancel it.
// With true, that takes an error.
var makesContext = map[string]bool{
	"context.WithCancel": false, "context.WithCancelCause": true,
	"context.WithTimeout": false, "context.WithTimeoutCause": false,
	"context.WithDeadline": false, "context.WithDeadlineCause": false,
}

// observedContext is called after the code of a call has been generated. If the call
// makes a context, that is told, and so is when the program cancels it.
func (c *compiler) observedContext(common *ssa.CallCommon, dst []frame.Slot) {
	fn := common.StaticCallee()
	if fn == nil || len(dst) != 2 {
		return
	}
	withCause, ok := makesContext[funcname.Full(fn)]
	if !ok {
		return
	}
	parent, made, cancel := c.off(common.Args[0]), dst[0].Off, dst[1].Off
	var timeout uintptr
	timed := strings.HasPrefix(fn.Name(), "WithTimeout")
	if timed {
		timeout = c.off(common.Args[1])
	}
	c.emit(func(fr *frame.Frame) {
		g := fr.Thread.G
		if !g.Observed() {
			return
		}
		ctx := *memory.At[context.Context](fr.Mem, made)
		var above <-chan struct{}
		if p := *memory.At[context.Context](fr.Mem, parent); p != nil {
			above = p.Done()
		}
		left := leftOf(fr.Thread, ctx, *memory.At[context.Context](fr.Mem, parent))
		if timed && left > 0 {
			left = max(*memory.At[time.Duration](fr.Mem, timeout), 1)
		}
		g.MakesContext(ctx.Done(), above, left, fr)
		if withCause {
			f := memory.At[context.CancelCauseFunc](fr.Mem, cancel)
			do := *f
			*f = cancelsWithCause(ctx, do)
			return
		}
		f := memory.At[context.CancelFunc](fr.Mem, cancel)
		do := *f
		*f = cancelsWith(ctx, do)
	})
}

// cancelsWith has do cancel ctx. It is not inlined, so that all that it makes have the
// same code.
//
//go:noinline
func cancelsWith(ctx context.Context, do context.CancelFunc) context.CancelFunc {
	return func() { sched.Cancel(ctx, do) }
}

//go:noinline
func cancelsWithCause(ctx context.Context, do context.CancelCauseFunc) context.CancelCauseFunc {
	return func(cause error) { sched.Cancel(ctx, func() { do(cause) }) }
}

// cancelCodes is the code of the functions that these make.
var cancelCodes = func() [2]uintptr {
	ctx := context.Background()
	plain, cause := cancelsWith(ctx, nil), cancelsWithCause(ctx, nil)
	return [2]uintptr{**(**uintptr)(unsafe.Pointer(&plain)), **(**uintptr)(unsafe.Pointer(&cause))}
}()

// cancels reports whether a function value is one of these. Such a function starts others
// and waits for none of them, so that who calls it does not learn what they have done by
// the time it comes back.
func cancels(fn unsafe.Pointer) bool {
	if fn == nil {
		return false
	}
	code := *(*uintptr)(fn)
	return code == cancelCodes[0] || code == cancelCodes[1]
}

// leftOf is how long until the deadline of a context, or 0 if it has none but that of
// the one it comes from.
func leftOf(t *frame.Thread, ctx, parent context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	if parent != nil {
		if above, ok := parent.Deadline(); ok && !end.Before(above) {
			return 0
		}
	}
	now := time.Now()
	if clock := t.G.Clock(); clock != nil {
		now = clock.Now()
	}
	return max(end.Sub(now), 1)
}
