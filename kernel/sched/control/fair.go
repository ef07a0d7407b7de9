package control

// Fair lets the goroutine that runs go on until it waits or has had its turn, and
// then the next in the order of their numbers: the same course every time, and
// everybody gets on.
type Fair struct{ run int }

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

// Pick implements Strategy: the first.
func (*Fair) Pick(int) int { return 0 }
