package picture

import (
	"fmt"
	"time"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A script writes a record as a program would make it.
type script struct {
	r   *observe.Record
	now int64
	dt  int64
}

func newScript(cell int, source ...string) *script {
	s := &script{r: &observe.Record{
		Cell: cell, Start: time.Unix(0, 0),
		Source: map[observe.SourceKey][]string{{Cell: cell}: source},
	}, dt: 1500}
	s.r.Goroutines = append(s.r.Goroutines, observe.Goroutine{Number: 1, Name: "main", Start: sched.Place{Cell: cell}, Main: true})
	return s
}

func (s *script) object(kind observe.ObjectKind, name, typ string, capacity int) int32 {
	s.r.Objects = append(s.r.Objects, observe.Object{Kind: kind, Name: name, Type: typ, Cap: capacity})
	return int32(len(s.r.Objects) - 1)
}

// do adds an event and returns its index. Time passes before it.
func (s *script) do(g int32, line int, kind observe.EventKind, object int32, v string) int32 {
	s.now += s.dt
	return s.same(g, line, kind, object, v)
}

// same adds an event at the time of the last.
func (s *script) same(g int32, line int, kind observe.EventKind, object int32, v string) int32 {
	e := observe.Event{Time: s.now, Goroutine: g, Kind: kind, Object: object, Peer: -1, Value: v}
	if line > 0 {
		e.Place = sched.Place{Cell: s.r.Cell, Line: line}
	}
	s.r.Events = append(s.r.Events, e)
	return int32(len(s.r.Events) - 1)
}

func (s *script) spawn(g int32, line int, name string) int32 {
	n := int32(len(s.r.Goroutines))
	s.do(g, line, observe.Go, n, "")
	s.r.Goroutines = append(s.r.Goroutines, observe.Goroutine{
		Number: int(n) + 6, Parent: s.r.Goroutines[g].Number, Name: name,
		Start: sched.Place{Cell: s.r.Cell, Line: line}, Born: s.now,
	})
	return n
}

func (s *script) block(g int32, line int, wait wait.Kind, object int32) int32 {
	i := s.do(g, line, observe.Block, object, "")
	s.r.Events[i].Wait = wait
	return i
}

func (s *script) wake(g int32, peer int32) int32 {
	i := s.do(g, 0, observe.Unblock, -1, "")
	s.r.Events[i].Peer = peer
	return i
}

// peer says whose other end event i is.
func (s *script) peer(i, p int32) int32 {
	s.r.Events[i].Peer = p
	return i
}

// meet is a send to a goroutine that waits for it.
func (s *script) meet(from int32, line int, to int32, toLine int, ch int32, v string) {
	p := s.do(from, line, observe.Send, ch, v)
	s.wake(to, p)
	s.peer(s.same(to, toLine, observe.Receive, ch, v), p)
}

// take is a receive from a goroutine that waits to send.
func (s *script) take(to int32, line int, from int32, fromLine int, ch int32, v string) {
	r := s.do(to, line, observe.Receive, ch, v)
	s.wake(from, r)
	s.peer(r, s.same(from, fromLine, observe.Send, ch, v))
}

func (s *script) end(g int32, fate observe.Fate) {
	s.do(g, 0, observe.End, -1, "")
	s.r.Goroutines[g].Ended, s.r.Goroutines[g].Fate = s.now, fate
}

func (s *script) done() *observe.Record {
	s.r.End = s.now + s.dt
	return s.r
}

// The records that the pictures in testdata are of.
var samples = map[string]func() *observe.Record{
	"pingpong": pingPong, "workers": workers, "mutex": mutex, "timeout": timeout,
	"pipeline": pipeline, "deadlock": deadlock, "leak": leak, "panic": panics,
	"hostile": hostile, "long": func() *observe.Record { return long(5000) },
	"crowd": func() *observe.Record { return crowd(2000, 30000) }, "empty": func() *observe.Record { return &observe.Record{} },
	"network": network, "prints": prints, "fan": fan,
}

func pingPong() *observe.Record {
	s := newScript(3, "table := make(chan string)", "go player(table)", `table <- "ping"`, "fmt.Println(<-table)", "", "func player(t chan string) {", "\tball := <-t", `	t <- "pong"`, "}")
	ch := s.object(observe.Channel, "table", "chan string", 0)
	p := s.spawn(0, 2, "player")
	s.block(p, 7, wait.Receive, ch)
	s.meet(0, 3, p, 7, ch, `"ping"`)
	s.block(0, 4, wait.Receive, ch)
	s.meet(p, 8, 0, 4, ch, `"pong"`)
	s.end(p, observe.Returned)
	s.do(0, 4, observe.Print, -1, "pong\n")
	s.end(0, observe.Returned)
	return s.done()
}

func workers() *observe.Record {
	s := newScript(4, "jobs, results := make(chan int), make(chan int, 5)")
	jobs := s.object(observe.Channel, "jobs", "chan int", 0)
	results := s.object(observe.Channel, "results", "chan int", 5)
	wg := s.object(observe.WaitGroup, "wg", "sync.WaitGroup", 0)
	var w [3]int32
	s.do(0, 3, observe.Add, wg, "3")
	for i := range w {
		w[i] = s.spawn(0, 5, "worker")
	}
	for i := range w {
		s.block(w[i], 11, wait.Receive, jobs)
	}
	var sent []int32
	for j := range 5 {
		to := w[j%3]
		if j >= 3 {
			s.block(to, 11, wait.Receive, jobs)
		}
		s.meet(0, 7, to, 11, jobs, fmt.Sprint(j+1))
		if j < 3 {
			continue
		}
		sent = append(sent, s.do(w[j-3], 12, observe.Send, results, fmt.Sprint((j-2)*(j-2))))
	}
	c := s.do(0, 8, observe.Close, jobs, "")
	for _, j := range []int{2, 3, 4} {
		g := w[j%3]
		sent = append(sent, s.do(g, 12, observe.Send, results, fmt.Sprint((j+1)*(j+1))))
	}
	s.block(0, 9, wait.WaitGroup, wg)
	var last int32
	for _, g := range w {
		s.peer(s.do(g, 11, observe.ReceiveClosed, jobs, "0"), c)
		last = s.do(g, 13, observe.Done, wg, "")
		s.end(g, observe.Returned)
	}
	s.wake(0, last)
	s.peer(s.same(0, 9, observe.WaitDone, wg, ""), last)
	for i := range sent {
		s.peer(s.do(0, 10, observe.Receive, results, s.r.Events[sent[i]].Value), sent[i])
	}
	s.do(0, 10, observe.Print, -1, "sum 55\n")
	s.end(0, observe.Returned)
	return s.done()
}

func mutex() *observe.Record {
	s := newScript(5, "var mu sync.Mutex")
	mu := s.object(observe.Mutex, "mu", "sync.Mutex", 0)
	wg := s.object(observe.WaitGroup, "wg", "sync.WaitGroup", 0)
	n := s.object(observe.Variable, "n", "int", 0)
	a, b := s.spawn(0, 4, "deposit"), s.spawn(0, 4, "deposit")
	s.block(0, 9, wait.WaitGroup, wg)
	s.do(a, 5, observe.Lock, mu, "")
	s.do(a, 6, observe.Load, n, "0")
	s.block(b, 5, wait.Mutex, mu)
	s.do(a, 6, observe.Store, n, "1")
	u := s.do(a, 7, observe.Unlock, mu, "")
	s.wake(b, u)
	s.peer(s.same(b, 5, observe.Lock, mu, ""), u)
	s.do(a, 8, observe.Done, wg, "")
	s.end(a, observe.Returned)
	s.do(b, 6, observe.Load, n, "1")
	s.do(b, 6, observe.Store, n, "2")
	s.do(b, 7, observe.Unlock, mu, "")
	d := s.do(b, 8, observe.Done, wg, "")
	s.end(b, observe.Returned)
	s.wake(0, d)
	s.peer(s.same(0, 9, observe.WaitDone, wg, ""), d)
	s.do(0, 10, observe.Print, -1, "2\n")
	s.end(0, observe.Returned)
	return s.done()
}

func timeout() *observe.Record {
	s := newScript(6, "select {")
	reply := s.object(observe.Channel, "reply", "chan string", 0)
	timer := s.object(observe.Channel, "time.After(…)", "<-chan time.Time", 1)
	s.r.Objects[timer].Outside = true
	q := s.spawn(0, 2, "query")
	s.block(q, 8, wait.Sleep, -1)
	s.r.Events[len(s.r.Events)-1].Value = "1s"
	s.block(0, 4, wait.Select, -1)
	s.now += 100e6
	fire := s.do(observe.Outside, 0, observe.Fire, timer, "100ms")
	s.wake(0, fire)
	s.same(0, 6, observe.Choose, timer, "<-time.After(…)")
	s.peer(s.same(0, 6, observe.Receive, timer, "15:04:05.1"), fire)
	s.do(0, 7, observe.Print, -1, "too late\n")
	s.end(0, observe.Returned)
	s.now += 900e6
	s.wake(q, -1)
	s.same(q, 8, observe.Sleep, -1, "1s")
	s.block(q, 9, wait.Send, reply)
	s.r.Goroutines[q].Fate = observe.Leaked
	return s.done()
}

func pipeline() *observe.Record {
	s := newScript(7, "for v := range square(generate(1, 2, 3)) {")
	nums := s.object(observe.Channel, "nums", "chan int", 0)
	sqs := s.object(observe.Channel, "squares", "chan int", 0)
	gen := s.spawn(0, 1, "generate")
	sq := s.spawn(0, 1, "square")
	s.block(0, 1, wait.Receive, sqs)
	s.block(gen, 5, wait.Send, nums)
	for i := 1; i <= 3; i++ {
		s.take(sq, 10, gen, 5, nums, fmt.Sprint(i))
		s.meet(sq, 11, 0, 1, sqs, fmt.Sprint(i*i))
		s.do(0, 2, observe.Print, -1, fmt.Sprintln(i*i))
		s.block(0, 1, wait.Receive, sqs)
		if i < 3 {
			s.block(gen, 5, wait.Send, nums)
		}
	}
	c := s.do(gen, 6, observe.Close, nums, "")
	s.end(gen, observe.Returned)
	s.peer(s.do(sq, 10, observe.ReceiveClosed, nums, "0"), c)
	c = s.do(sq, 12, observe.Close, sqs, "")
	s.end(sq, observe.Returned)
	s.wake(0, c)
	s.peer(s.same(0, 1, observe.ReceiveClosed, sqs, "0"), c)
	s.end(0, observe.Returned)
	return s.done()
}

func deadlock() *observe.Record {
	s := newScript(8, "a.Lock()")
	a := s.object(observe.Mutex, "a", "sync.Mutex", 0)
	b := s.object(observe.Mutex, "b", "sync.Mutex", 0)
	g := s.spawn(0, 3, "transfer")
	s.do(0, 8, observe.Lock, a, "")
	s.do(g, 4, observe.Lock, b, "")
	s.block(0, 9, wait.Mutex, b)
	s.block(g, 5, wait.Mutex, a)
	s.r.Goroutines[g].Fate = observe.Deadlocked
	s.r.Goroutines[0].Fate = observe.Deadlocked
	return s.done()
}

func leak() *observe.Record {
	s := newScript(9, "first := <-ch")
	ch := s.object(observe.Channel, "ch", "chan string", 0)
	var g [3]int32
	for i, name := range []string{"web", "image", "video"} {
		g[i] = s.spawn(0, 4+i, name)
	}
	s.block(0, 8, wait.Receive, ch)
	s.meet(g[1], 5, 0, 8, ch, `"image"`)
	s.end(g[1], observe.Returned)
	s.block(g[0], 4, wait.Send, ch)
	s.block(g[2], 6, wait.Send, ch)
	s.do(0, 9, observe.Print, -1, "first: image\n")
	s.end(0, observe.Returned)
	s.r.Goroutines[g[0]].Fate, s.r.Goroutines[g[2]].Fate = observe.Leaked, observe.Leaked
	return s.done()
}

func panics() *observe.Record {
	s := newScript(10, "done := make(chan bool)")
	done := s.object(observe.Channel, "done", "chan bool", 1)
	ctx := s.object(observe.Context, "ctx", "context.Context", 0)
	g, h := s.spawn(0, 2, "divide"), s.spawn(0, 3, "watch")
	s.block(h, 12, wait.Select, -1)
	s.block(0, 4, wait.Receive, done)
	s.do(g, 7, observe.Print, -1, "dividing by 0\n")
	s.do(g, 8, observe.Panic, -1, "runtime error: integer divide by zero")
	s.end(g, observe.Panicked)
	c := s.do(0, 4, observe.Cancel, ctx, "context canceled")
	s.wake(h, c)
	s.same(h, 13, observe.Choose, -1, "<-ctx.Done()")
	s.peer(s.same(h, 13, observe.ReceiveClosed, ctx, ""), c)
	s.end(h, observe.Returned)
	s.r.Goroutines[0].Fate = observe.Stopped
	s.r.Goroutines[0].Ended = s.now
	return s.done()
}

func network() *observe.Record {
	s := newScript(11, `resp, err := http.Get(url)`)
	body := s.object(observe.Channel, "ticks", "<-chan time.Time", 1)
	s.r.Objects[body].Outside = true
	out := s.object(observe.Channel, "out", "chan string", 1)
	g := s.spawn(0, 3, "fetch")
	s.block(g, 4, wait.IO, -1)
	s.block(0, 5, wait.Receive, out)
	s.now += 40e6
	s.wake(g, -1)
	s.do(g, 5, observe.Receive, body, "15:04:05")
	x := s.do(g, 6, observe.Send, out, `"200 OK"`)
	s.block(g, 7, wait.Input, -1)
	s.wake(0, x)
	s.peer(s.same(0, 5, observe.Receive, out, `"200 OK"`), x)
	s.same(0, 5, observe.Send, out, `"spare"`)
	s.end(0, observe.Returned)
	return s.done()
}

// prints is a goroutine that prints more than there is room for.
func prints() *observe.Record {
	s := newScript(12, "for i := range 40 {")
	g := s.spawn(0, 2, "chatter")
	for i := range 40 {
		s.do(g, 3, observe.Print, -1, fmt.Sprintf("a line of some length, number %d\n", i))
	}
	s.end(g, observe.Returned)
	s.end(0, observe.Returned)
	return s.done()
}

// hostile has values and names that try to break out of the picture.
func hostile() *observe.Record {
	s := newScript(13, `ch <- "</script><script>alert(1)</script>"`, "\u202e// \x00")
	bad := []string{
		`<script>alert("1")</script>`, "two\nlines\tand a tab", `"quoted" & 'quoted'`, "שלום עולם",
		"\u202eright to left override", "日本語のとても長い文字列です。", "e\u0301\u0302\u0303", "\x00\x1b[31mred\x1b[0m",
		"]]> --> </svg> </title>", "very " + fmt.Sprintf("%0500d", 0), "bad utf8 \xff\xfe", "👩‍👩‍👧 family",
	}
	ch := s.object(observe.Channel, `ch"><b>`, "chan <string>", 1)
	g := s.spawn(0, 1, "main.func1·<T>&\n")
	for i, v := range bad {
		x := s.do(int32(i%2), 1, observe.Send, ch, v)
		s.peer(s.do(1-int32(i%2), 2, observe.Receive, ch, v), x)
		s.do(g, 2, observe.Print, -1, v)
	}
	s.do(g, 2, observe.Panic, -1, bad[0])
	s.end(g, observe.Panicked)
	return s.done()
}

// long is a ping-pong of so many events.
func long(n int) *observe.Record {
	s := newScript(14, "for range 1000 {")
	ch := s.object(observe.Channel, "ch", "chan int", 0)
	g := s.spawn(0, 2, "echo")
	s.block(g, 3, wait.Receive, ch)
	for i := 0; len(s.r.Events) < n-2; i++ {
		s.meet(0, 5, g, 3, ch, fmt.Sprint(i))
		s.block(g, 3, wait.Receive, ch)
	}
	s.end(0, observe.Returned)
	s.r.Goroutines[g].Fate = observe.Leaked
	return s.done()
}

// crowd is n goroutines of three functions, with so many events.
func crowd(n, events int) *observe.Record {
	s := newScript(15, "for i := range 10_000 {")
	s.dt = 300
	ch := s.object(observe.Channel, "results", "chan int", 100)
	mu := s.object(observe.Mutex, "mu", "sync.Mutex", 0)
	wg := s.object(observe.WaitGroup, "wg", "sync.WaitGroup", 0)
	names := []string{"fetch", "parse", "store"}
	for i := 1; i < n; i++ {
		g := s.spawn(0, 4+i%3, names[i%3])
		s.block(g, 10+i%3, wait.Sleep, -1)
	}
	s.block(0, 20, wait.WaitGroup, wg)
	rounds := max((events-len(s.r.Events))/((n-1)*8/3), 1)
	for round := range rounds {
		for g := int32(1); g+3 < int32(n); g += 3 {
			s.wake(g, -1)
			x := s.do(g, 11, observe.Send, ch, fmt.Sprint(g))
			s.block(g, 12, wait.Sleep, -1)
			s.wake(g+1, -1)
			s.peer(s.do(g+1, 12, observe.Receive, ch, fmt.Sprint(g)), x)
			if round == rounds-1 {
				s.end(g+1, observe.Returned)
			} else {
				s.block(g+1, 12, wait.Mutex, mu)
			}
			s.wake(g+2, -1)
			s.do(g+2, 13, observe.Done, wg, "")
		}
	}
	s.do(1, 13, observe.Panic, -1, "boom")
	s.end(1, observe.Panicked)
	for i := 3; i < 100; i += 3 {
		s.r.Goroutines[i].Fate = observe.Leaked
	}
	return s.done()
}

// fan is a tree of goroutines whose results come together.
func fan() *observe.Record {
	s := newScript(16, "for r := range merge(start(5)) {")
	out := s.object(observe.Channel, "out", "chan string", 4)
	mu := s.object(observe.Mutex, "mu", "sync.Mutex", 0)
	var all []int32
	for i := range 5 {
		p := s.spawn(0, 3, fmt.Sprintf("server%d", i+1))
		for range 3 {
			all = append(all, s.spawn(p, 9, "handler"))
		}
	}
	s.block(0, 4, wait.Receive, out)
	for i, g := range all {
		s.do(g, 10, observe.Lock, mu, "")
		other := all[min(i+4, len(all)-1)]
		contended := i%3 == 0 && other != g
		if contended {
			s.block(other, 10, wait.Mutex, mu)
		}
		u := s.do(g, 12, observe.Unlock, mu, "")
		if contended {
			s.wake(other, u)
			s.peer(s.same(other, 10, observe.Lock, mu, ""), u)
			s.do(other, 12, observe.Unlock, mu, "")
		}
		x := s.do(g, 13, observe.Send, out, fmt.Sprintf("%q", fmt.Sprint("r", i)))
		s.wake(0, x)
		s.peer(s.same(0, 4, observe.Receive, out, s.r.Events[x].Value), x)
		if i%4 == 0 {
			s.do(0, 5, observe.Print, -1, fmt.Sprintln("got", i))
		}
		s.block(0, 4, wait.Receive, out)
		s.end(g, observe.Returned)
	}
	return s.done()
}
