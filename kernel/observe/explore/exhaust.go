package explore

import (
	"slices"

	"github.com/gosched/gosched/kernel/sched/control"
)

// An Exhaustive goes through all schedules of a program, one in each run. Of
// schedules that differ only in the order of steps that have nothing to do with
// each other it completes one: steps that were tried before sleep until something
// happens that they depend on (Godefroid, Partial-Order Methods for the
// Verification of Concurrent Systems, 1996).
type Exhaustive struct {
	// Whole says to complete also those that differ only so.
	Whole bool

	path   []*node
	at     int       // how many nodes of path the run has passed
	asleep []sleeper // before the node that comes next
	cut    bool

	diverged bool
}

// A node is a choice. Its choices are made one after the other, in the order of
// [ordered].
type node struct {
	threads []control.Candidate // of a step; nil for a pick
	asleep  []sleeper           // when the node is come to
	choice  int
	n       int
	shown   []bool // by choice: the thread has shown something
}

// A sleeper is a thread whose next step has been tried already.
type sleeper struct {
	thread int
	shown  bool
}

// Strategy returns the strategy of the next run.
func (x *Exhaustive) Strategy() control.Watcher {
	x.at, x.asleep, x.cut = 0, nil, false
	return x
}

// Cut reports whether the run was not worth finishing: others come to the same.
func (x *Exhaustive) Cut() bool { return x.cut }

// Diverged reports whether a run has taken another course than one before it
// with the same choices: then nothing can be said of all schedules.
func (x *Exhaustive) Diverged() bool { return x.diverged }

// Seed names the schedule of the run.
func (x *Exhaustive) Seed() Seed {
	var choices []int
	for _, n := range x.path {
		if n.n > 1 {
			choices = append(choices, n.choice)
		}
	}
	return Steps(choices)
}

// More ends a run and reports whether there is another one.
func (x *Exhaustive) More() bool {
	x.path = x.path[:min(x.at, len(x.path))] // a run may end early
	for len(x.path) > 0 {
		n := x.path[len(x.path)-1]
		for n.choice++; n.choice < n.n; n.choice++ {
			if n.threads == nil || !isAsleep(n.asleep, n.threads[n.choice].Thread) {
				return true
			}
		}
		x.path = x.path[:len(x.path)-1]
	}
	return false
}

// Next implements control.Strategy.
func (x *Exhaustive) Next(last int, candidates []control.Candidate) int {
	x.settle(candidates)
	order := ordered(last, candidates)
	if x.at == len(x.path) {
		n := &node{n: len(candidates), asleep: slices.Clone(x.asleep), shown: make([]bool, len(candidates))}
		for _, i := range order {
			c := candidates[i]
			c.Objects = slices.Clone(c.Objects)
			n.threads = append(n.threads, c)
		}
		for n.choice < n.n && isAsleep(n.asleep, n.threads[n.choice].Thread) {
			n.choice++
		}
		if n.choice == n.n {
			x.cut = true
			return -1
		}
		x.path = append(x.path, n)
	}
	n := x.path[x.at]
	x.at++
	if n.n != len(order) || n.threads == nil { // something is not under control
		x.diverged = true
		return order[0]
	}
	for i, o := range order { // objects have other numbers in each run
		n.threads[i].Objects = append(n.threads[i].Objects[:0], candidates[o].Objects...)
	}
	return order[n.choice]
}

// settle finds out who is asleep after the last step.
func (x *Exhaustive) settle(now []control.Candidate) {
	i := x.at - 1
	for i >= 0 && x.path[i].threads == nil {
		i--
	}
	if i < 0 || x.Whole {
		x.asleep = nil
		return
	}
	n := x.path[i]
	did := n.threads[n.choice]
	x.asleep = x.asleep[:0]
	add := func(s sleeper) {
		if s.thread == did.Thread || s.shown && n.shown[n.choice] {
			return
		}
		for _, c := range n.threads {
			if c.Thread == s.thread && depends(c, did) {
				return
			}
		}
		if indexOf(now, s.thread) >= 0 {
			x.asleep = append(x.asleep, s)
		}
	}
	for _, s := range n.asleep {
		add(s)
	}
	for c := range n.choice {
		if !isAsleep(n.asleep, n.threads[c].Thread) {
			add(sleeper{n.threads[c].Thread, n.shown[c]})
		}
	}
}

// depends reports whether the order of two steps can make a difference.
func depends(a, b control.Candidate) bool {
	if a.Reads && b.Reads {
		return false
	}
	if a.All || b.All {
		return true
	}
	for _, o := range a.Objects {
		if slices.Contains(b.Objects, o) {
			return true
		}
	}
	return false
}

func isAsleep(asleep []sleeper, thread int) bool {
	return slices.ContainsFunc(asleep, func(s sleeper) bool { return s.thread == thread })
}

// Case implements control.Strategy.
func (x *Exhaustive) Case(n int) int { return x.Pick(n) }

// Pick implements control.Strategy.
func (x *Exhaustive) Pick(n int) int {
	if x.at == len(x.path) {
		x.path = append(x.path, &node{n: n})
	}
	p := x.path[x.at]
	x.at++
	if p.n != n || p.threads != nil {
		x.diverged = true
		return 0
	}
	return p.choice
}

// Number implements Seeded.
func (*Exhaustive) Number() uint64 { return 0 }

// Shown implements control.Watcher.
func (x *Exhaustive) Shown() {
	for i := min(x.at, len(x.path)) - 1; i >= 0; i-- {
		if n := x.path[i]; n.threads != nil {
			n.shown[n.choice] = true
			return
		}
	}
}

// ordered lists candidates by index: the thread that went on last, then the
// others in turn. The first is what a run does where nothing is said.
func ordered(last int, candidates []control.Candidate) []int {
	order := make([]int, 0, len(candidates))
	current := indexOf(candidates, last)
	if current >= 0 {
		order = append(order, current)
	}
	for i := range candidates {
		if i != current {
			order = append(order, i)
		}
	}
	return order
}
