package sched

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/report"
)

// CarryPanic keeps with g what the engine has to say of the panic that g ends with, for
// whoever reports it: [Config.Failure], or a library that gets the panic itself. Only g
// calls it.
func (g *G) CarryPanic(about any) { g.carried = &about }

// CarriedPanic returns what g carries, once, or nil. It is called on g, or when g has
// ended.
func (g *G) CarriedPanic() (about any) {
	if g.carried != nil {
		about, g.carried = *g.carried, nil
	}
	return about
}

// A Panic is one that has left the code of cells, or one for which a deferred
// call ran that ended with another.
type Panic struct {
	Value      any
	Recovered  bool
	Repanicked bool    // with the same value, which is not listed again
	Trace      []Place // where it happened last, innermost call first
}

// A Panicking is a panic in flight, as the engines carry it through the calls of cells.
type Panicking struct {
	Value     any
	Trace     []Place
	At        Stack // the call that it left first, where its engine looks at that later
	Recovered bool

	link *Panicking // the one for which the deferred call ran that panicked
}

// maxTrace is how many places of a panic's traceback are kept.
const maxTrace = 100

// NoPanic marks a deferred call that runs without a panic: recover in it gives nil, as
// in any function that was not called because of one.
var NoPanic = &Panicking{Recovered: true}

// Panics notes a panic that begins on g at a call, which is nil if there is none; what
// it left still hangs together.
func (g *G) Panics(value any, at Stack) *Panicking {
	p := &Panicking{Value: value, At: at}
	g.PanicBegins()
	if at != nil {
		p.Trace = at.Places(maxTrace)
	}
	return p
}

// Is reports whether p is what a deferred function recovered.
func (p *Panicking) Is(recovered any) bool { return p != nil && sameValue(p.Value, recovered) }

// CameUpon records that p ended a deferred call that ran because of other.
func (p *Panicking) CameUpon(other *Panicking) {
	for p != other {
		if p.link == nil {
			p.link = other
			return
		}
		p = p.link
	}
}

// Recover is the builtin recover in a function that was called for p.
func (p *Panicking) Recover() any {
	if p == nil || p.Recovered {
		return nil
	}
	p.Recovered = true
	return p.Value
}

// EndedWith returns the panic that g ended with, after those that it came upon, once:
// it is for the report.
func (g *G) EndedWith() []Panic {
	p, _ := g.CarriedPanic().(*Panicking)
	var chain []Panic
	for ; p != nil; p = p.link {
		if n := len(chain); n > 0 && sameValue(chain[n-1].Value, p.Value) {
			chain[n-1].Recovered, chain[n-1].Repanicked = p.Recovered, true
			continue
		}
		chain = append(chain, Panic{Value: p.Value, Recovered: p.Recovered, Trace: p.Trace})
	}
	slices.Reverse(chain)
	return chain
}

// sameValue compares two interfaces bit by bit: what is in them need not be comparable.
func sameValue(a, b any) bool {
	return *(*goruntime.Iface)(unsafe.Pointer(&a)) == *(*goruntime.Iface)(unsafe.Pointer(&b))
}

// Fatal ends the process with a report like the Go runtime's for errors that no
// program can recover from, but with the places of the user's code.
func (g *G) Fatal(to io.Writer, before, text string, at Stack) {
	const most = 50
	var b strings.Builder
	fmt.Fprintf(&b, "%sfatal error: %s\n\n", before, text)
	report.Stack(&b, g.Number(), "running", at.Places(most+1), most)
	g.Execution().Flush()
	_, _ = io.WriteString(to, b.String())
	os.Exit(2)
}
