package explore

import (
	"math/rand/v2"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
)

// newRandom is the same sequence for the same number, on every machine.
func newRandom(number uint64) *rand.Rand { return rand.New(rand.NewPCG(number, 0x676f7363686564)) }

// number is that of a strategy.
type number uint64

// Number implements Seeded.
func (n number) Number() uint64 { return uint64(n) }

// A walk lets a random goroutine go on at each step. How willing it is to leave
// the one that runs differs from walk to walk: some bugs need many changes, others
// few.
type walk struct {
	number
	r    *rand.Rand
	stay int // in a hundred
	run  int // steps since the last change
}

// stays are the ways of walks, in turn.
var stays = [...]int{0, 50, 80, 95}

func newWalk(n uint64) *walk {
	return &walk{number: number(n), r: newRandom(n), stay: stays[n%uint64(len(stays))]}
}

// patience is after how many steps a goroutine has had its turn: it may be
// waiting in a loop for what another is to do.
const patience = 64

func (w *walk) Next(last int, candidates []control.Candidate) int {
	if len(candidates) == 1 {
		return 0
	}
	current := indexOf(candidates, last)
	if current >= 0 && w.run < patience && w.r.IntN(100) < w.stay {
		w.run++
		return current
	}
	w.run = 0
	return w.r.IntN(len(candidates))
}

func (w *walk) Case(n int) int { return w.r.IntN(n) }

func (w *walk) Pick(n int) int { return w.r.IntN(n) }

func indexOf(candidates []control.Candidate, thread int) int {
	for i := range candidates {
		if candidates[i].Thread == thread {
			return i
		}
	}
	return -1
}

// priorities lets the goroutine with the highest priority go on. They are random,
// and at a few random steps the one that runs falls behind all others: then it
// takes few runs to find a bug for which few things have to happen in a certain
// order (Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees
// of Finding Bugs, ASPLOS 2010).
type priorities struct {
	number
	r       *rand.Rand
	of      map[int]int
	changes map[int]int // by step: the priority to fall to
	step    int
	run     int // steps since the last change
	lowest  int
}

func newPriorities(s Seed) *priorities {
	p := &priorities{number: number(s.number), r: newRandom(s.number), of: map[int]int{}, changes: map[int]int{}}
	for i := 1; i < s.depth; i++ {
		p.changes[p.r.IntN(s.length)] = i
	}
	return p
}

// above is more than any priority that somebody falls to.
const above = 1 << 20

func (p *priorities) Next(last int, candidates []control.Candidate) int {
	for _, c := range candidates {
		if _, known := p.of[c.Thread]; !known {
			p.of[c.Thread] = above + p.r.IntN(above)
		}
	}
	p.step++
	if current := indexOf(candidates, last); current >= 0 {
		if to, ok := p.changes[p.step]; ok {
			p.of[last] = to
		}
		if p.run++; p.run > patience || candidates[current].Kind == sched.OpOther {
			p.run = 0
			p.lowest--
			p.of[last] = p.lowest
		}
	}
	best := 0
	for i, c := range candidates {
		if p.of[c.Thread] > p.of[candidates[best].Thread] {
			best = i
		}
	}
	if candidates[best].Thread != last {
		p.run = 0
	}
	return best
}

func (p *priorities) Case(n int) int { return p.r.IntN(n) }

func (p *priorities) Pick(n int) int { return p.r.IntN(n) }
