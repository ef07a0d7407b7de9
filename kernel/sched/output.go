package sched

import (
	"io"

	"github.com/gosched/gosched/kernel/session"
)

// Emit sends an event to the execution's sink, after what its goroutines have
// printed before: whole lines, and what the caller has begun.
func (e *Execution) Emit(ev session.Event) {
	if g := Current(); g != nil && g.exec == e {
		e.out.Release(&g.out)
	}
	e.out.Emit(ev)
}

// Flush delivers what the execution's goroutines have printed so far. The
// engine calls it before it asks for input.
func (e *Execution) Flush() { e.out.Flush() }

// Stderr returns the standard error of g's cell. Every Write is kept in one piece.
func Stderr(g *G) io.Writer { return stderrOf{g} }

type stderrOf struct{ g *G }

func (w stderrOf) Write(p []byte) (int, error) {
	w.g.PrintErr(p)
	return len(p), nil
}

// Print writes to g's standard output, PrintErr to its standard error.
func (g *G) Print(p []byte) { g.write(session.Stdout, p) }

// PrintErr is described at [G.Print].
func (g *G) PrintErr(p []byte) { g.write(session.Stderr, p) }

func (g *G) write(name string, p []byte) {
	if g.silent.Load() {
		return // abandoned
	}
	if g.watch != nil {
		g.prints(p)
	}
	g.exec.out.Write(&g.out, name, p)
}

// A Writer writes to the standard output or standard error of whichever cell
// the calling goroutine belongs to, and to Fallback where it belongs to none.
type Writer struct {
	Err      bool      // standard error instead of standard output
	Fallback io.Writer // may be nil: what nobody printed is dropped
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	g := Current()
	if g == nil {
		if w.Fallback == nil {
			return len(p), nil
		}
		return w.Fallback.Write(p)
	}
	name := session.Stdout
	if w.Err {
		name = session.Stderr
	}
	g.write(name, p)
	return len(p), nil
}
