package sched

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
	"github.com/gosched/gosched/kernel/session"
)

// inCell runs a benchmark as the main goroutine of a cell.
func inCell(b *testing.B, fn func(g *G)) {
	s := New(Config{})
	e := s.Begin(session.Cell{Number: 1}, new(recorder))
	b.ReportAllocs()
	if out := e.Run(context.Background(), fn); out.Kind != Returned {
		b.Fatal(out.Kind)
	}
	s.Close()
}

// 100,000 goroutines started and awaited.
func BenchmarkSpawn100k(b *testing.B) {
	const many = 100_000
	b.Run("native", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var wg sync.WaitGroup
			for range many {
				wg.Go(func() {})
			}
			wg.Wait()
		}
	})
	b.Run("sched", func(b *testing.B) {
		inCell(b, func(g *G) {
			for b.Loop() {
				var wg sync.WaitGroup
				for range many {
					g.WaitGroupGo(&wg, Place{}, "f", func(*G) {})
				}
				g.WaitGroupWait(&wg, nil, nil)
			}
		})
	})
}

// 200,000 messages over unbuffered channels.
func BenchmarkPingPong200k(b *testing.B) {
	const messages = 200_000
	b.Run("native", func(b *testing.B) {
		for b.Loop() {
			ping, pong := make(chan int), make(chan int)
			go func() {
				for v := range ping {
					pong <- v
				}
			}()
			for i := range messages / 2 {
				ping <- i
				<-pong
			}
			close(ping)
		}
	})
	b.Run("sched", func(b *testing.B) {
		inCell(b, func(g *G) {
			site := &Site{Name: "ch", Type: "chan int"}
			var where Stack = at(1) // an engine passes a pointer that it has
			for b.Loop() {
				ping, pong := make(chan int), make(chan int)
				Go(g, Place{}, "pong", func(g *G) {
					for {
						v, ok := Recv(g, ping, where, site)
						if !ok {
							return
						}
						Send(g, pong, v, where, site)
					}
				})
				for i := range messages / 2 {
					Send(g, ping, i, where, site)
					Recv(g, pong, where, site)
				}
				close(ping)
			}
		})
	})
}

// 8 workers, 100,000 jobs.
func BenchmarkWorkers100k(b *testing.B) {
	const workers, jobs = 8, 100_000
	b.Run("native", func(b *testing.B) {
		for b.Loop() {
			in, out := make(chan int, 100), make(chan int, 100)
			for range workers {
				go func() {
					for v := range in {
						out <- v
					}
				}()
			}
			go func() {
				for i := range jobs {
					in <- i
				}
				close(in)
			}()
			for range jobs {
				<-out
			}
		}
	})
	b.Run("sched", func(b *testing.B) {
		inCell(b, func(g *G) {
			for b.Loop() {
				in, out := make(chan int, 100), make(chan int, 100)
				for range workers {
					Go(g, Place{}, "worker", func(g *G) {
						for {
							v, ok := Recv(g, in, nil, nil)
							if !ok {
								return
							}
							Send(g, out, v, nil, nil)
						}
					})
				}
				Go(g, Place{}, "feed", func(g *G) {
					for i := range jobs {
						Send(g, in, i, nil, nil)
					}
					close(in)
				})
				for range jobs {
					Recv(g, out, nil, nil)
				}
			}
		})
	})
}

// A million increments by 8 goroutines.
func BenchmarkMutex1M(b *testing.B) {
	const goroutines, each = 8, 125_000
	b.Run("native", func(b *testing.B) {
		for b.Loop() {
			var mu sync.Mutex
			var wg sync.WaitGroup
			n := 0
			for range goroutines {
				wg.Go(func() {
					for range each {
						mu.Lock()
						n++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
		}
	})
	b.Run("sched", func(b *testing.B) {
		inCell(b, func(g *G) {
			for b.Loop() {
				var mu sync.Mutex
				var wg sync.WaitGroup
				n := 0
				for range goroutines {
					g.WaitGroupGo(&wg, Place{}, "f", func(g *G) {
						for range each {
							g.Lock(&mu, nil, nil)
							n++
							g.Unlock(&mu)
						}
					})
				}
				g.WaitGroupWait(&wg, nil, nil)
			}
		})
	})
}

func BenchmarkCurrent(b *testing.B) {
	inCell(b, func(g *G) {
		for b.Loop() {
			if Current() != g {
				b.Fatal("wrong")
			}
		}
	})
}

func BenchmarkHere(b *testing.B) {
	inCell(b, func(g *G) {
		for b.Loop() {
			if _, own := Here(); !own {
				b.Fatal("wrong")
			}
		}
	})
}

func BenchmarkShouldStop(b *testing.B) {
	inCell(b, func(g *G) {
		for b.Loop() {
			if g.ShouldStop() {
				b.Fatal("wrong")
			}
		}
	})
}

func BenchmarkBlockUnblock(b *testing.B) {
	inCell(b, func(g *G) {
		w := Wait{Kind: wait.Receive, At: at(1), Site: &Site{}}
		for b.Loop() {
			g.Block(&w)
			g.Unblock()
		}
	})
}

func BenchmarkLockUnlock(b *testing.B) {
	b.Run("native", func(b *testing.B) {
		var mu sync.Mutex
		for b.Loop() {
			mu.Lock()
			//lint:ignore SA2001 this is what is measured
			mu.Unlock()
		}
	})
	b.Run("sched", func(b *testing.B) {
		inCell(b, func(g *G) {
			var mu sync.Mutex
			for b.Loop() {
				g.Lock(&mu, nil, nil)
				g.Unlock(&mu)
			}
		})
	})
}

func BenchmarkPrintln100k(b *testing.B) {
	inCell(b, func(g *G) {
		w := &Writer{}
		for b.Loop() {
			g.exec.sink.(*recorder).events = nil
			for i := range 100_000 {
				fmt.Fprintln(w, "line", i)
			}
		}
	})
}

func BenchmarkList100k(b *testing.B) {
	inCell(b, func(g *G) {
		stop := make(chan int)
		for range 100_000 {
			Go(g, at(1), "parked", func(g *G) { Recv(g, stop, at(2), &Site{Name: "stop"}) })
		}
		time.Sleep(time.Second)
		for b.Loop() {
			_ = report.Text(g.Scheduler().List())
		}
		close(stop)
	})
}

// What a parked goroutine takes, the native one beneath it included.
func BenchmarkParkedMemory(b *testing.B) {
	const many = 10_000
	inCell(b, func(g *G) {
		for b.Loop() {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			stop := make(chan int)
			for range many {
				Go(g, at(1), "parked", func(g *G) { Recv(g, stop, at(2), nil) })
			}
			time.Sleep(100 * time.Millisecond)
			runtime.GC()
			runtime.ReadMemStats(&after)
			close(stop)
			for g.Scheduler().Count() > 1 {
				runtime.Gosched()
			}
			use := after.HeapInuse + after.StackInuse - before.HeapInuse - before.StackInuse
			b.ReportMetric(float64(use)/many, "B/goroutine")
		}
	})
}
