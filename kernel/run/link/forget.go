package link

import (
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/gone"
	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/run/frame"
)

// What a session no longer needs is let go, so that values that only it led to
// are garbage, and goroutines that wait for them are found leaked.

// Forget lets go of a function that is not called afresh any more, with the
// function literals in it. Code that refers to it, and calls under way, keep
// what they need.
func (l *Table) Forget(fn *ssa.Function) {
	if fn == nil {
		return
	}
	if l.lockUseOf(fn).hands && !l.over(fn) {
		l.forgotHands.Store(true) // it may be under way, or be a pending timer's
	}
	l.callees.Delete(fn)
	for _, lit := range fn.AnonFuncs {
		l.Forget(lit)
	}
}

// LetGo lets go of all that is known of packages that no cell to come refers to.
// Code of theirs that still runs, or may be called, keeps what it needs.
func (l *Table) LetGo(gone mention.Packages) {
	l.callees.Range(func(key, known any) bool {
		fn, c := key.(*ssa.Function), known.(*callee)
		if !gone.Function(fn) {
			return true
		}
		if c.function.Load() != nil && l.lockUseOf(fn).hands && !l.over(fn) {
			l.forgotHands.Store(true)
		}
		if word := c.value.Load(); word != nil {
			l.Library.Forget(unsafe.Pointer(word))
		}
		l.callees.Delete(fn)
		return true
	})
	l.targets.Range(func(key, t any) bool {
		// What it arrives at may be called by code that stays.
		fn := t.(*Target).Fn
		if gone[key.(invokeKey).method.Pkg()] || fn != nil && gone.Function(fn.SSA) {
			l.targets.Delete(key)
		}
		return true
	})
	l.Library.LetGo(gone)
	l.types.LetGo(gone)
	l.mu.Lock()
	defer l.mu.Unlock()
	for g := range l.globals {
		if g.Pkg != nil && gone[g.Pkg.Pkg] {
			l.release(g)
		}
	}
}

// Same has a type that was declared again be the same one at run time. Calls of
// its methods through interfaces arrive at those of now. It reports false if
// nothing is known of the type as it was.
func (l *Table) Same(was, now *types.Named) bool {
	changed := l.types.Same(was, now)
	if len(changed) == 0 {
		return false
	}
	l.callees.Range(func(fn, c any) bool {
		if recv := fn.(*ssa.Function).Signature.Recv(); recv != nil {
			if n, ok := deref(recv.Type()).(*types.Named); ok && n.Origin() == was {
				c.(*callee).function.Store(nil)
			}
		}
		return true
	})
	words := map[unsafe.Pointer]bool{}
	for _, rt := range changed {
		words[goruntime.TypeWord(rt)], words[goruntime.TypeWord(reflect.PointerTo(rt))] = true, true
	}
	l.targets.Range(func(key, t any) bool {
		if words[key.(invokeKey).word] {
			l.targets.Delete(key)
			t.(*Target).Stale.Store(true)
		}
		return true
	})
	return true
}

// Redirect has function values of was, a function that is declared again just as it
// was, call now.
func (l *Table) Redirect(was, now *ssa.Function) {
	known, ok := l.callees.Load(was)
	if !ok {
		return
	}
	old := known.(*callee)
	l.mu.Lock()
	defer l.mu.Unlock()
	words := old.others
	if p := old.value.Load(); p != nil {
		words = append(words[:len(words):len(words)], unsafe.Pointer(p))
	}
	if len(words) == 0 {
		return
	}
	fn := l.Function(now)
	for _, word := range words {
		if cl := frame.ClosureOf(word); cl != nil {
			// Calls at this moment may go to either: they are one function.
			atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&cl.Fn)), unsafe.Pointer(fn))
		}
	}
	l.callee(now).others = words
}

// deref is what a pointer type points to, or the type itself.
func deref(t types.Type) types.Type {
	if p, ok := t.(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// Release lets go of a variable that later cells do not see. Code that refers
// to it keeps it alive.
func (l *Table) Release(g *ssa.Global) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.release(g)
}

// release is Release while m.mu is held.
func (l *Table) release(g *ssa.Global) {
	p := l.globals[g]
	if p == nil {
		return
	}
	delete(l.globals, g)
	key := gone.Tell(g, l, func(l *Table, key weak.Pointer[ssa.Global]) {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.released, key)
	})
	l.released[key] = weak.Make((*byte)(p)) // code that is not compiled yet may have g and ask
}

// memoryOf returns the memory of a variable that has some, or nil. m.mu is held.
func (l *Table) memoryOf(g *ssa.Global) unsafe.Pointer {
	if p := l.globals[g]; p != nil {
		return p
	}
	if w, ok := l.released[weak.Make(g)]; ok {
		return unsafe.Pointer(w.Value())
	}
	return nil
}
