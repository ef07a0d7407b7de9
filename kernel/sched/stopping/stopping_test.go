package stopping

import (
	"errors"
	"net"
	"os"
	"reflect"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// sender sends v on ch as sched does, until it is not recalled any more, and asks for
// its value back if it is. It is over when ended is true.
type sender struct {
	stop, ended, got atomic.Bool
}

func send(r *Sends, ch chan [2]int, v [2]int) *sender {
	s := new(sender)
	go func() {
		defer s.ended.Store(true)
		for {
			ch <- v
			if !r.Active() || !Recalled(r, goruntime.ChanWord(ch), &v) {
				s.got.Store(true)
				return
			}
			if s.stop.Load() {
				return
			}
		}
	}()
	return s
}

func (s *sender) recall(r *Sends, ch chan [2]int) {
	s.stop.Store(true)
	r.Recall(goruntime.ChanWord(ch), reflect.TypeFor[[2]int](), func() bool { return !s.ended.Load() })
}

func TestRecall(t *testing.T) {
	var r Sends
	r.Await(time.Minute) // there is nothing to wait for
	ch := make(chan [2]int)
	var all []*sender
	for i := range 20 {
		all = append(all, send(&r, ch, [2]int{i % 3, 7}))
	}
	time.Sleep(5 * time.Millisecond) // most wait; others find out that they are to stop
	for _, s := range all[:10] {
		s.recall(&r, ch)
	}
	r.Await(time.Minute)
	if r.Active() {
		t.Error("it goes on")
	}
	for i, s := range all[:10] {
		if s.got.Load() || !s.ended.Load() {
			t.Errorf("sender %d: ended %v, and somebody has got its value: %v", i, s.ended.Load(), s.got.Load())
		}
	}
	want := map[[2]int]int{}
	for i := 10; i < 20; i++ {
		want[[2]int{i % 3, 7}]++
	}
	got := map[[2]int]int{}
	for range 10 {
		got[<-ch]++
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the others send %v, want %v", got, want)
	}
	eventually(t, "they end", func() bool {
		for _, s := range all {
			if !s.ended.Load() {
				return false
			}
		}
		return true
	})
}

func TestHas(t *testing.T) {
	var r Sends
	ch := make(chan int)
	v, other := 5, 6
	p := goruntime.ChanWord(ch)
	if r.Has(p, unsafe.Pointer(&v), unsafe.Sizeof(v)) {
		t.Error("nothing is recalled")
	}
	r.active.Store(true)
	r.taken = []takenValue{{p, unsafe.Pointer(&v), reflect.TypeFor[int]()}}
	if r.Has(p, unsafe.Pointer(&other), unsafe.Sizeof(v)) || !r.Has(p, unsafe.Pointer(&v), unsafe.Sizeof(v)) || r.Has(p, unsafe.Pointer(&v), unsafe.Sizeof(v)) {
		t.Error("an equal value is given back once")
	}
}

// Compiled code does not ask for its value: that is sent again.
func TestStrangers(t *testing.T) {
	var r Sends
	before := runtime.NumGoroutine()
	ch := make(chan [2]int)
	go func() { ch <- [2]int{1, 2} }()
	var over atomic.Bool
	r.Recall(goruntime.ChanWord(ch), reflect.TypeFor[[2]int](), func() bool { return !over.Load() })
	again := func() int {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.resending)
	}
	eventually(t, "it is taken", func() bool { r.mu.Lock(); defer r.mu.Unlock(); return len(r.taken) > 0 })
	over.Store(true)
	eventually(t, "it is sent again", func() bool { return again() == 1 })
	if v := <-ch; v != [2]int{1, 2} {
		t.Errorf("got %v", v)
	}
	eventually(t, "that is known", func() bool { return again() == 0 })

	go func() { ch <- [2]int{3, 4} }()
	over.Store(false)
	r.Recall(goruntime.ChanWord(ch), reflect.TypeFor[[2]int](), func() bool { return !over.Load() })
	eventually(t, "it is taken", func() bool { r.mu.Lock(); defer r.mu.Unlock(); return len(r.taken) > 0 })
	over.Store(true)
	eventually(t, "it is sent again", func() bool { return again() == 1 })
	r.Close(time.Minute)
	if again() != 0 {
		t.Error("it is still sent")
	}
	eventually(t, "all ends", func() bool { return runtime.NumGoroutine() <= before })
}

func pipe(t *testing.T) (a, b net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a, err = net.Dial("tcp", l.Addr().String()); err == nil {
		b, err = l.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// during makes a read that is stopped when it has begun, or not at all.
func during(ds *Deadlines, c net.Conn, stopped bool) (n int, err error) {
	var stop func()
	onStop := func(f func()) func() { stop = f; return func() {} }
	_, err = ds.During(c, Reading, onStop, func() (bool, error) {
		if stopped {
			go stop()
		}
		var err error
		n, err = c.Read(make([]byte, 10))
		return n > 0, err
	})
	stop() // too late, it does nothing
	return n, err
}

func TestDeadlines(t *testing.T) {
	var ds Deadlines
	a, b := pipe(t)
	if _, err := during(&ds, a, true); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a read that is stopped: %v", err)
	}
	if _, err := b.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := during(&ds, a, false); n != 1 || err != nil {
		t.Errorf("a read after that: %d bytes, %v", n, err)
	}
	if len(ds.m) != 0 {
		t.Errorf("%d records are kept of nothing", len(ds.m))
	}
	// The program's own deadline is there again.
	if err := ds.Set(a, Reading, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := during(&ds, a, true); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a read that is stopped: %v", err)
	}
	if err := ds.Set(a, Reading|Writing, time.Now().Add(10*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	stops := ds.Stops()
	_, err := during(&ds, a, false)
	if !errors.Is(err, os.ErrDeadlineExceeded) || ds.Spurious(a, err, stops) {
		t.Errorf("the program's own deadline: %v, which is taken for another's stop: %v", err, ds.Spurious(a, err, stops))
	}
	if err := ds.Set(a, Reading|Writing, time.Time{}); err != nil || len(ds.m) != 0 {
		t.Errorf("%v; %d records are kept of nothing", err, len(ds.m))
	}
}

func TestSpurious(t *testing.T) {
	var ds Deadlines
	a, _ := pipe(t)
	if ds.Spurious(a, errors.New("another"), -1) {
		t.Error("an error of its own is taken for a deadline")
	}
	stops := ds.Stops()
	ds.mu.Lock()
	ds.stop(a, Writing)
	ds.mu.Unlock()
	_, err := a.Write([]byte("x"))
	said := make(chan bool)
	go func() { said <- ds.Spurious(a, err, stops) }()
	select {
	case <-said:
		t.Error("it does not wait until the stop is over")
	case <-time.After(20 * time.Millisecond):
	}
	ds.mu.Lock()
	ds.resume(a, Writing)
	ds.mu.Unlock()
	if !<-said {
		t.Error("another's stop is taken for the program's own deadline")
	}
}

// Listeners have one deadline only, and what is no pointer is not remembered.
func TestOtherDeadliners(t *testing.T) {
	var ds Deadlines
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tl := l.(*net.TCPListener)
	if err := ds.Set(tl, Reading|Writing, time.Now().Add(time.Millisecond)); err != nil || len(ds.m) != 1 {
		t.Errorf("%v, %d records", err, len(ds.m))
	}
	if _, err := l.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	w := wrapped{tl}
	if err := ds.Set(w, Reading|Writing, time.Now()); err != nil || len(ds.m) != 1 {
		t.Errorf("%v, %d records", err, len(ds.m))
	}
	l.Close()
	if err := ds.Set(tl, Reading|Writing, time.Now().Add(time.Hour)); err == nil {
		t.Error("a listener that is closed takes a deadline")
	}
}

type wrapped struct{ *net.TCPListener }
