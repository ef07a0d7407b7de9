package engine

import "testing"

// BenchmarkRace is what looking for races costs.
func BenchmarkRace(b *testing.B) {
	for _, c := range []struct{ name, source string }{
		{"allocations", `func() {
	var sink *byte
	_ = sink
	done := make(chan bool)
	for range 2 {
		go func() {
			for i := 0; i < 50000; i++ {
				var b byte
				if b != 0 {
					sink = &b
				}
				b = 42
			}
			done <- true
		}()
	}
	<-done
	<-done
}()`},
		{"slice", `func() {
	s := make([]int, 1000)
	for k := range 100 {
		for i := range s {
			s[i] += k
		}
	}
}()`},
		{"counter", `func() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 4 {
		wg.Go(func() {
			for range 10000 {
				mu.Lock()
				n++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}()`},
		{"fields", `type point struct{ x, y int }
func() {
	ps := make([]*point, 100)
	for i := range ps {
		ps[i] = &point{i, i}
	}
	for range 500 {
		for _, p := range ps {
			p.x += p.y
		}
	}
}()`},
		{"map", `func() {
	m := map[int]int{}
	for i := range 50000 {
		m[i%100] += i
	}
}()`},
		{"pingpong", `func() {
	a, b := make(chan int), make(chan int)
	go func() {
		for v := range a {
			b <- v + 1
		}
		close(b)
	}()
	for i := range 5000 {
		a <- i
		<-b
	}
	close(a)
}()`},
		{"calls", `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
fib(18)`},
	} {
		for _, head := range []string{"", "%%race\n"} {
			name := c.name + "/plain"
			if head != "" {
				name = c.name + "/race"
			}
			b.Run(name, func(b *testing.B) {
				nb := open(b)
				nb.run(head + c.source)
				for b.Loop() {
					nb.run(head + c.source)
				}
			})
		}
	}
}
