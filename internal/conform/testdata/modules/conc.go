//gosched:get github.com/sourcegraph/conc@v0.3.0
package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/iter"
	"github.com/sourcegraph/conc/pool"
	"github.com/sourcegraph/conc/stream"
)

func main() {
	var wg conc.WaitGroup
	wg.Go(func() { panic("boom") })
	r := wg.WaitAndRecover()
	fmt.Println(r.Value, r.AsError() != nil)
	p := pool.NewWithResults[int]().WithMaxGoroutines(3)
	for i := range 10 {
		p.Go(func() int { return i * i })
	}
	got := p.Wait()
	slices.Sort(got)
	fmt.Println(got)
	e := pool.New().WithErrors().WithContext(context.Background())
	for i := range 3 {
		e.Go(func(context.Context) error {
			if i == 1 {
				return errors.New("one failed")
			}
			return nil
		})
	}
	fmt.Println(e.Wait())
	fmt.Println(iter.Map([]string{"a", "b"}, func(s *string) string { return strings.ToUpper(*s) }))
	var order []int
	s := stream.New().WithMaxGoroutines(2)
	for i := range 5 {
		s.Go(func() stream.Callback {
			time.Sleep(time.Duration(5-i) * time.Millisecond)
			return func() { order = append(order, i) }
		})
	}
	s.Wait()
	fmt.Println(order)
}
