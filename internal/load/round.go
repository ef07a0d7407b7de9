package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gosched/gosched/internal/kernelproc"
)

// The press of Run at the same moment.
const (
	togetherTimes = 10
	togetherPause = 500 * time.Millisecond
)

var togetherCell = cell{name: "all at once", source: `fmt.Println("here")`}

// sampleEvery is how often memory is looked at while learners work.
const sampleEvery = 5 * time.Second

// baseline runs every notebook twice with one learner who does not think, and
// returns the shortest time to the first output of each cell.
func (w *workshop) baseline(ctx context.Context) (map[string]time.Duration, error) {
	shortest := make(map[string]time.Duration)
	l := &learner{workshop: w}
	for i := range w.lessons {
		for range 2 {
			if _, err := l.open(ctx, w.lessons[i]); err != nil {
				return nil, errors.Join(err, l.leave(ctx))
			}
			for _, c := range w.lessons[i].cells {
				s := l.press(ctx, c)
				if ctx.Err() != nil {
					return nil, errors.Join(ctx.Err(), l.leave(ctx))
				}
				if old, ok := shortest[c.name]; !ok || s.first < old {
					shortest[c.name] = s.first
				}
			}
			if err := l.leave(ctx); err != nil {
				return nil, err
			}
		}
	}
	return shortest, nil
}

// A round gathers what happens.
type round struct {
	workshop *workshop
	learners []*learner

	mu       sync.Mutex
	opened   []time.Duration
	samples  []sample
	together []sample
	failures []string
}

func (w *workshop) round(ctx context.Context, n int, alone map[string]time.Duration) (_ report, err error) {
	r := &round{workshop: w}
	for i := range n {
		r.learners = append(r.learners, &learner{workshop: w, number: i})
	}
	defer func() {
		var mu sync.Mutex
		r.all(func(l *learner) {
			leaveErr := l.leave(ctx)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, leaveErr)
		})
	}()
	result := report{Learners: n}

	r.all(func(l *learner) {
		if sleep(ctx, w.arrive*time.Duration(l.number)/time.Duration(n)) {
			r.open(l.open(ctx, l.lesson(0)))
		}
	})
	if result.FreshCPU, err = r.idleCPU(ctx); err != nil {
		return report{}, err
	}
	if result.FreshMemory, err = r.memory(); err != nil {
		return report{}, err
	}
	if err := r.work(ctx, &result); err != nil {
		return report{}, err
	}
	for range togetherTimes {
		r.all(func(l *learner) {
			if l.kernel == nil {
				return
			}
			s := l.press(ctx, togetherCell)
			r.mu.Lock()
			defer r.mu.Unlock()
			r.together = append(r.together, s)
			r.failed(s)
		})
		if !sleep(ctx, togetherPause) {
			return report{}, ctx.Err()
		}
	}
	if result.IdleCPU, err = r.idleCPU(ctx); err != nil {
		return report{}, err
	}
	if err := ctx.Err(); err != nil {
		return report{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	result.summarize(r, alone)
	return result, nil
}

// work lets everyone study, and watches.
func (r *round) work(ctx context.Context, result *report) error {
	working, stop := context.WithTimeout(ctx, r.workshop.work)
	defer stop()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.all(func(l *learner) { l.study(working, r.ran, r.open) })
	}()
	defer func() { <-ended }()
	defer stop()

	var memory memoryTally
	machine := newMachineCPU()
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			result.Memory = memory.report()
			result.Machine = machine.used()
			return nil
		case <-tick.C:
			for _, l := range r.learners {
				u, err := l.usage()
				if err != nil {
					return err
				}
				memory.add(u)
			}
		}
	}
}

// all does something for all learners at once and waits.
func (r *round) all(do func(*learner)) {
	var wg sync.WaitGroup
	for _, l := range r.learners {
		wg.Go(func() { do(l) })
	}
	wg.Wait()
}

// ran notes a cell.
func (r *round) ran(s sample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples = append(r.samples, s)
	r.failed(s)
}

func (r *round) failed(s sample) {
	if s.failure != "" {
		r.failures = append(r.failures, s.cell+": "+s.failure)
	}
}

// open notes that a notebook was opened, or not.
func (r *round) open(took time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failures = append(r.failures, err.Error())
		return
	}
	r.opened = append(r.opened, took)
}

// total is what all kernels use together.
func (r *round) total() (total kernelproc.Usage, err error) {
	for _, l := range r.learners {
		u, err := l.usage()
		if err != nil {
			return total, err
		}
		total = total.Add(u)
	}
	return total, nil
}

// idleCPU is the share of one processor that each kernel uses while nobody
// does anything.
func (r *round) idleCPU(ctx context.Context) (float64, error) {
	before, err := r.total()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if !sleep(ctx, r.workshop.idle) {
		return 0, ctx.Err()
	}
	after, err := r.total()
	if err != nil {
		return 0, err
	}
	return (after.CPU - before.CPU).Seconds() / time.Since(start).Seconds() / float64(len(r.learners)), nil
}

// memory is what each kernel has now.
func (r *round) memory() (memoryReport, error) {
	var tally memoryTally
	for _, l := range r.learners {
		u, err := l.usage()
		if err != nil {
			return memoryReport{}, err
		}
		tally.add(u)
	}
	return tally.report(), nil
}
