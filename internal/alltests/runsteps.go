package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
)

// done is how a step has ended.
type done struct {
	result tally
	err    error
	took   time.Duration
}

func (s step) do(ctx context.Context, t *tree) (d done) {
	start := time.Now()
	d.result, d.err = s.run(ctx, t)
	d.took = time.Since(start)
	return d
}

// runSteps runs steps, and returns a line for each besides what they found. Its error
// is ctx's.
func (t *tree) runSteps(ctx context.Context, steps []step) (total tally, lines string, err error) {
	var summary strings.Builder
	tell := func(s step, d done) {
		if d.err != nil {
			fmt.Fprintf(t.out, "%s: %v\n", s.name, d.err)
			d.result.fail(s.name)
		}
		total.add(d.result)
		fmt.Fprintf(&summary, "%-12s %5d passed %4d failed  %6.1f s\n", s.name, d.result.passed, d.result.failed, d.took.Seconds())
	}
	ctx, cancel := context.WithCancel(ctx)
	var beside []func()
	var ahead map[string]<-chan struct{}
	spare := make(chan struct{}) // is closed when the spare steps so far have ended
	close(spare)
	defer func() {
		cancel() // a step that is still running beside ends with the others
		for _, wait := range beside {
			wait()
		}
		for _, end := range ahead {
			<-end
		}
	}()
	for i, step := range steps {
		if !step.first && ahead == nil {
			ahead = t.goAhead(ctx, steps[i:])
		}
		if step.beside || step.spare {
			var output bytes.Buffer
			quiet := *t
			quiet.out = &output
			end := make(chan done)
			before, after := spare, make(chan struct{})
			if step.spare {
				spare = after
			}
			go func() {
				if step.spare {
					<-before
				}
				d := step.do(ctx, &quiet)
				close(after)
				end <- d
			}()
			beside = append(beside, func() {
				d := <-end
				fmt.Fprintf(t.out, "\n=== %s\n%s", step.name, &output)
				tell(step, d)
			})
			continue
		}
		fmt.Fprintf(t.out, "\n=== %s\n", step.name)
		if end := ahead[step.name]; end != nil {
			<-end
		}
		d := step.do(ctx, t)
		if err := ctx.Err(); err != nil {
			return total, "", err
		}
		tell(step, d)
	}
	for len(beside) > 0 {
		beside[0]()
		beside = beside[1:]
	}
	return total, summary.String(), nil
}
