package explore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/sched/control"
)

// A Seed names one schedule of a program: with it, a run takes the same course
// every time.
type Seed struct {
	kind   byte // walk, priorities or steps
	number uint64
	depth  int   // of priorities: how many goroutines get ahead of others out of turn
	length int   // of priorities: how many steps they are spread over
	steps  []int // of steps: the choices, but for those at the end that are 0
}

// The kinds of seeds, which are also how their names begin.
const (
	walkSeed       = 'w' // a random walk
	prioritiesSeed = 'p' // random priorities
	stepsSeed      = 's' // choices that are listed
)

// Walk is the random walk with a number.
func Walk(number uint64) Seed { return Seed{kind: walkSeed, number: number} }

// Priorities is the run with the random priorities of a number. A bug that needs
// depth things to happen in a certain order is found with a known probability
// where the run has about length steps.
func Priorities(number uint64, depth, length int) Seed {
	return Seed{kind: prioritiesSeed, number: number, depth: max(depth, 1), length: max(length, 1)}
}

// Steps is the run with the given choices, and the first there is from then on.
func Steps(choices []int) Seed {
	end := len(choices)
	for end > 0 && choices[end-1] == 0 {
		end--
	}
	return Seed{kind: stepsSeed, steps: append([]int(nil), choices[:end]...)}
}

// String is what [ParseSeed] reads: a letter and a few digits, such as w17 and
// p3x80n17. The choices of steps are written one digit each, and several that
// are 0 as a letter: s0120c1.
func (s Seed) String() string {
	switch s.kind {
	case walkSeed:
		return fmt.Sprintf("%c%d", s.kind, s.number)
	case prioritiesSeed:
		return fmt.Sprintf("%c%dx%dn%d", s.kind, s.depth, s.length, s.number)
	case stepsSeed:
		var b strings.Builder
		b.WriteByte(stepsSeed)
		for i := 0; i < len(s.steps); {
			zeros := 0
			for i+zeros < len(s.steps) && s.steps[i+zeros] == 0 && zeros < longestRun {
				zeros++
			}
			switch c := s.steps[i]; {
			case zeros >= shortestRun:
				b.WriteByte(byte('a' + zeros - shortestRun))
				i += zeros
				continue
			case c < 10:
				b.WriteByte(byte('0' + c))
			default:
				fmt.Fprintf(&b, "(%d)", c)
			}
			i++
		}
		if len(s.steps) == 0 {
			b.WriteByte('0')
		}
		return b.String()
	}
	return ""
}

// Runs of zeros are written as a letter if they are so long.
const (
	shortestRun = 3
	longestRun  = shortestRun + 'z' - 'a'
)

var errSeed = errors.New("it is no seed: %%explore shows one for each way in which a cell can end, such as w17")

// ParseSeed reads a seed.
func ParseSeed(text string) (Seed, error) {
	if text == "" {
		return Seed{}, errSeed
	}
	rest := text[1:]
	switch text[0] {
	case walkSeed:
		n, err := strconv.ParseUint(rest, 10, 64)
		if err != nil {
			return Seed{}, errSeed
		}
		return Walk(n), nil
	case prioritiesSeed:
		depth, rest, ok := strings.Cut(rest, "x")
		length, number, ok2 := strings.Cut(rest, "n")
		d, err := strconv.ParseUint(depth, 10, 16)
		l, err2 := strconv.ParseUint(length, 10, 31)
		n, err3 := strconv.ParseUint(number, 10, 64)
		if !ok || !ok2 || errors.Join(err, err2, err3) != nil || d == 0 || l == 0 {
			return Seed{}, errSeed
		}
		return Priorities(n, int(d), int(l)), nil
	case stepsSeed:
		return parseSteps(rest)
	}
	return Seed{}, errSeed
}

// maxSteps bounds the choices that a seed can list.
const maxSteps = 1 << 16

func parseSteps(rest string) (Seed, error) {
	var choices []int
	for rest != "" && len(choices) < maxSteps {
		c := rest[0]
		rest = rest[1:]
		switch {
		case c >= '0' && c <= '9':
			choices = append(choices, int(c-'0'))
		case c >= 'a' && c <= 'z':
			choices = append(choices, make([]int, int(c-'a')+shortestRun)...)
		case c == '(':
			digits, after, ok := strings.Cut(rest, ")")
			n, err := strconv.ParseUint(digits, 10, 16)
			if !ok || err != nil {
				return Seed{}, errSeed
			}
			choices = append(choices, int(n))
			rest = after
		default:
			return Seed{}, errSeed
		}
	}
	if rest != "" {
		return Seed{}, errSeed
	}
	return Steps(choices), nil
}

// Strategy returns the strategy of the schedule, for one run.
func (s Seed) Strategy() control.Strategy {
	switch s.kind {
	case prioritiesSeed:
		return newPriorities(s)
	case stepsSeed:
		return &listed{choices: s.steps}
	}
	return newWalk(s.number)
}

// Seeded is a strategy of this package.
type Seeded interface {
	control.Strategy
	// Number is one for whatever else is random in the run.
	Number() uint64
}

// listed makes choices that are given, and then always the first.
type listed struct {
	choices []int
	at      int
}

func (l *listed) Next(last int, candidates []control.Candidate) int {
	return ordered(last, candidates)[l.choose(len(candidates))]
}

func (l *listed) Case(n int) int { return l.choose(n) }

func (l *listed) Pick(n int) int { return l.choose(n) }

// Number implements Seeded.
func (*listed) Number() uint64 { return 0 }

// choose does not count where there is no choice.
func (l *listed) choose(n int) int {
	if n < 2 {
		return 0
	}
	c := 0
	if l.at < len(l.choices) {
		c = min(l.choices[l.at], n-1)
	}
	l.at++
	return c
}
