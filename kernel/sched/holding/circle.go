package holding

import (
	"slices"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// A Wait is a goroutine that waits for a lock.
type Wait struct {
	Key  uintptr   // of the lock
	Kind wait.Kind // wait.Mutex, wait.RWLock or wait.RLock
	Held []uintptr // what it has, see [Set.All]
}

// Circles returns the indexes of those that can never go on, because each waits for a
// lock that another of them has. One that has a lock and waits for it itself is not
// among them: others may unlock it, which is how a mutex is used as a signal.
func Circles(waits []Wait) (stuck []int) {
	by := waitsFor(waits)
	waiters := make([][]int, len(waits)) // the reverse of by
	for i := range by {
		for _, b := range by[i] {
			waiters[b] = append(waiters[b], i)
		}
	}
	// Whoever waits for nobody here may go on, and so may those who wait for it.
	free := make([]bool, len(waits))
	var next []int
	left := make([]int, len(waits))
	for i := range waits {
		if left[i] = len(by[i]); left[i] == 0 {
			free[i], next = true, append(next, i)
		}
	}
	for len(next) > 0 {
		i := next[len(next)-1]
		next = next[:len(next)-1]
		for _, j := range waiters[i] {
			if left[j]--; left[j] == 0 {
				free[j], next = true, append(next, j)
			}
		}
	}
	for i := range waits {
		if !free[i] {
			stuck = append(stuck, i)
		}
	}
	return stuck
}

// waitsFor returns for each of waits the indexes of those that it waits for.
func waitsFor(waits []Wait) [][]int {
	holders := make(map[uintptr][]int)
	writers := make(map[uintptr][]int) // that wait: readers queue behind them
	for i, w := range waits {
		for _, key := range w.Held {
			holders[key] = append(holders[key], i)
		}
		if w.Kind == wait.RWLock {
			writers[w.Key] = append(writers[w.Key], i)
		}
	}
	all := make([][]int, len(waits))
	for i, w := range waits {
		by := holders[w.Key]
		if len(by) > 1 {
			by = nil // one of them did not say that it has released it
		}
		switch w.Kind {
		case wait.RWLock:
			by = append(slices.Clone(by), holders[w.Key|Shared]...)
		case wait.RLock:
			by = append(slices.Clone(by), writers[w.Key]...)
		}
		for _, b := range by {
			if b != i {
				all[i] = append(all[i], b)
			}
		}
	}
	return all
}
