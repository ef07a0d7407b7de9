package iter

import "runtime"

// The standard library's Pull switches between coroutines of the runtime.
// Interpreted code has goroutines only, so here the sequence runs in one of
// its own and the two sides take turns: while one runs, the other waits.

// turns runs a sequence in turns with the functions that pull from it.
type turns struct {
	seq func() // runs the sequence to its end

	// One of the two sides runs at any time, so neither ever finds its
	// buffer full, and a side that is stopped from outside leaves the other
	// waiting for its turn and nowhere else.
	resume chan struct{} // the sequence's turn
	back   chan struct{} // the puller's turn

	started    bool
	done       bool
	yieldNext  bool
	seqDone    bool // to detect Goexit
	panicValue any
}

// next lets the sequence run until it has yielded or ended. It reports false
// if it had ended before.
func (t *turns) next(name string) bool {
	if t.done {
		return false
	}
	if t.yieldNext {
		panic("iter." + name + ": next called again before yield")
	}
	t.yieldNext = true
	t.switchOver()
	return true
}

func (t *turns) stop() {
	if t.done {
		return
	}
	t.done = true
	if t.started {
		t.switchOver()
	}
}

// switchOver gives the sequence its turn and waits until it gives it back,
// then passes on how it ended if that was by a panic or by Goexit.
func (t *turns) switchOver() {
	if t.started {
		t.resume <- struct{}{}
	} else {
		t.started = true
		t.resume, t.back = make(chan struct{}, 1), make(chan struct{}, 1)
		go t.run()
	}
	<-t.back
	if t.panicValue != nil {
		if _, exited := t.panicValue.(goexit); exited {
			runtime.Goexit()
		}
		panic(t.panicValue)
	}
}

func (t *turns) run() {
	defer func() {
		if p := recover(); p != nil {
			t.panicValue = p
		} else if !t.seqDone {
			t.panicValue = goexit{}
		}
		t.done = true
		t.back <- struct{}{}
	}()
	t.seq()
	t.seqDone = true
}

// yielding is called before a value is stored. It reports false if no value
// is wanted any more.
func (t *turns) yielding(name string) bool {
	if t.done {
		return false
	}
	if !t.yieldNext {
		panic("iter." + name + ": yield called again before next")
	}
	t.yieldNext = false
	return true
}

// yielded gives the turn back and waits for the next one. It reports whether
// the sequence is to go on.
func (t *turns) yielded() bool {
	t.back <- struct{}{}
	<-t.resume
	return !t.done
}

// goexit stands for a panic's value where an iterator exited via runtime.Goexit.
type goexit struct{}

// Pull converts the “push-style” iterator sequence seq
// into a “pull-style” iterator accessed by the two functions
// next and stop.
func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	var (
		v  V
		ok bool
		t  turns
	)
	t.seq = func() {
		seq(func(v1 V) bool {
			if !t.yielding("Pull") {
				return false
			}
			v, ok = v1, true
			return t.yielded()
		})
		var v0 V
		v, ok = v0, false
	}
	next = func() (v1 V, ok1 bool) {
		if t.next("Pull") {
			return v, ok
		}
		return
	}
	return next, t.stop
}

// Pull2 converts the “push-style” iterator sequence seq
// into a “pull-style” iterator accessed by the two functions
// next and stop.
func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	var (
		k  K
		v  V
		ok bool
		t  turns
	)
	t.seq = func() {
		seq(func(k1 K, v1 V) bool {
			if !t.yielding("Pull2") {
				return false
			}
			k, v, ok = k1, v1, true
			return t.yielded()
		})
		var k0 K
		var v0 V
		k, v, ok = k0, v0, false
	}
	next = func() (k1 K, v1 V, ok1 bool) {
		if t.next("Pull2") {
			return k, v, ok
		}
		return
	}
	return next, t.stop
}
