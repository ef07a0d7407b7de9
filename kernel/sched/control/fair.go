package control

import "math/rand/v2"

// Fair lets the goroutine that runs go on until it waits or has had its turn, and
// then the next in the order of their numbers: the same course every time, and
// everybody gets on.
type Fair struct {
	run   int
	cases *rand.Rand
}

// turn is how many steps a goroutine may take in a row while others could go on.
const turn = 64

// Next implements Strategy.
func (f *Fair) Next(last int, candidates []Candidate) int {
	next := 0
	for i := range candidates {
		if candidates[i].Thread == last && f.run < turn {
			f.run++
			return i
		}
	}
	f.run = 0
	for i := range candidates {
		if candidates[i].Thread > last {
			next = i
			break
		}
	}
	return next
}

// Case implements Strategy: any, as select does, or one case could starve another for
// ever; but the same every time.
func (f *Fair) Case(n int) int {
	if f.cases == nil {
		f.cases = rand.New(rand.NewPCG(1, 2))
	}
	return f.cases.IntN(n)
}

// Pick implements Strategy: the first.
func (*Fair) Pick(int) int { return 0 }
