package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/wait"
)

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		place       Place
		where, text string
	}{
		{Place{}, "line 0", "unknown place"},
		{Place{Line: 4}, "line 4", "line 4"},
		{Place{Cell: 3, Line: 4}, "cell 3 line 4", "cell 3 line 4"},
		{Place{Func: "f", Cell: 3}, "cell 3 line 0", "f, cell 3"},
		{Place{Func: "f", Cell: 3, Line: 4}, "cell 3 line 4", "f, cell 3 line 4"},
		{Place{Func: "mod.F", File: "mod/f.go", Line: 9}, "mod/f.go:9", "mod.F, mod/f.go:9"},
	} {
		if c.place.Where() != c.where || c.place.String() != c.text {
			t.Errorf("%#v is %q, %q", c.place, c.place.Where(), c.place)
		}
		if at := c.place.Places(8); len(at) != 1 || at[0] != c.place {
			t.Errorf("its places are %v", at)
		}
	}
}

func TestWaits(t *testing.T) {
	ch := func(name string, send bool) Waiting {
		return Waiting{Name: name, Type: "chan int", Len: 1, Cap: 2, Send: send}
	}
	for _, c := range []struct {
		in   Info
		want string
	}{
		{Info{Kind: wait.Receive, On: []Waiting{ch("ch", false)}}, "ch (chan int, 1/2)"},
		{Info{Kind: wait.Send, On: []Waiting{{Cap: 0, Send: true}}}, "unnamed (0/0)"},
		{Info{Kind: wait.Select, On: []Waiting{ch("a", true), ch("b", false)}}, "send a (chan int, 1/2), receive b (chan int, 1/2)"},
		{Info{Kind: wait.Select, On: slices.Repeat([]Waiting{{Name: "c", Cap: -1}}, 6)}, "receive c, receive c, receive c, receive c, 2 more"},
		{Info{Kind: wait.Mutex, On: []Waiting{{Name: "mu", Type: "sync.Mutex", Cap: -1, Holder: 7}}}, "mu (sync.Mutex), held by goroutine 7"},
		{Info{Kind: wait.Sleep}, ""},
	} {
		if got := c.in.Waits(); got != c.want {
			t.Errorf("%v on %q, want %q", c.in.Kind, got, c.want)
		}
	}
}

func TestEndsOfAChannel(t *testing.T) {
	var x, y int
	one := func(p *int, send bool, room int) *Waiting {
		return &Waiting{Object: unsafe.Pointer(p), Send: send, Cap: room}
	}
	for _, c := range []struct {
		a, b *Waiting
		want bool
	}{
		{one(&x, true, 0), one(&x, false, 0), true},
		{one(&x, true, 0), one(&x, true, 0), false},
		{one(&x, true, 0), one(&y, false, 0), false},
		{one(nil, true, 0), one(nil, false, 0), false},
		{one(&x, true, -1), one(&x, false, -1), false}, // no channel
	} {
		if c.a.Meets(c.b) != c.want || c.b.Meets(c.a) != c.want {
			t.Errorf("%+v meets %+v: want %v", c.a, c.b, c.want)
		}
	}
	if w := one(&x, false, 0); !w.Is(unsafe.Pointer(&x)) || w.Is(unsafe.Pointer(&y)) || one(nil, false, 0).Is(nil) {
		t.Error("an object is taken for another")
	}
}

func TestHopeless(t *testing.T) {
	var x int
	there, nobody := Waiting{Object: unsafe.Pointer(&x)}, Waiting{}
	for _, c := range []struct {
		in   Info
		want bool
	}{
		{Info{Blocked: true, Kind: wait.ReceiveNil}, true},
		{Info{Blocked: true, Kind: wait.SendNil}, true},
		{Info{Blocked: true, Kind: wait.SelectEmpty}, true},
		{Info{Blocked: false, Kind: wait.SelectEmpty}, false},
		{Info{Blocked: true, Kind: wait.Select, On: []Waiting{nobody, nobody}}, true},
		{Info{Blocked: true, Kind: wait.Select, On: []Waiting{nobody, there}}, false},
		{Info{Blocked: true, Kind: wait.Receive, On: []Waiting{there}}, false},
	} {
		if c.in.Hopeless() != c.want {
			t.Errorf("%+v: want %v", c.in, c.want)
		}
	}
}

// locks makes a list of goroutines of which number i+1 has the locks has[i] and waits
// for wants[i].
func locks(places []int, has [][]int, wants []int) []Info {
	list := make([]Info, len(has))
	for i := range list {
		list[i] = Info{Number: i + 1, Kind: wait.Mutex, Blocked: true, State: wait.Mutex.String(), Cell: 2}
		for _, h := range has[i] {
			list[i].Held = append(list[i].Held, uintptr(unsafe.Pointer(&places[h])))
		}
		list[i].On = []Waiting{{Name: fmt.Sprint("mu", wants[i]), Cap: -1, Object: unsafe.Pointer(&places[wants[i]])}}
	}
	return list
}

func TestHolders(t *testing.T) {
	places := make([]int, 4)
	list := locks(places, [][]int{{0}, {1, 3}, {2, 3}, nil}, []int{1, 0, 3, 2})
	unknown := uintptr(unsafe.Pointer(&places[2]))
	NameHolders(list, func(lock uintptr) bool { return lock != unknown })
	for i, want := range []int{2, 1, 0 /* two say that they have it */, 0 /* not known */} {
		if got := list[i].On[0].Holder; got != want {
			t.Errorf("goroutine %d waits for one of %d, want %d", i+1, got, want)
		}
	}
	list = locks(places, [][]int{{0}, nil}, []int{1, 0})
	list[1].Kind = wait.Receive
	NameHolders(list, func(uintptr) bool { return true })
	if list[1].On[0].Holder != 0 {
		t.Error("a channel has a holder")
	}
	list = locks(places, [][]int{nil}, []int{0})
	NameHolders(list, func(uintptr) bool { t.Error("nobody has a lock"); return true })
}

func TestDeadlockReport(t *testing.T) {
	places := make([]int, 2)
	list := locks(places, [][]int{{0}, {1}}, []int{1, 0})
	NameHolders(list, func(uintptr) bool { return true })
	list[0].Main, list[0].At = true, []Place{{Func: "f", Cell: 2, Line: 3}, {Func: "main", Cell: 2, Line: 9}}
	list[1].Start = Place{Func: "main", Cell: 2, Line: 5}
	rest := `

goroutine 1 [sync.Mutex.Lock] on mu1, held by goroutine 2, cell 2:
    f, cell 2 line 3
    main, cell 2 line 9

goroutine 2 [sync.Mutex.Lock] on mu0, held by goroutine 1, started by cell 2:
    started at main, cell 2 line 5`
	for _, c := range []struct {
		d             Deadlock
		said, warning string
	}{
		{Deadlock{Blocked: list}, "fatal error: all goroutines are asleep - deadlock!", ""},
		{Deadlock{Blocked: list, Lost: true},
			"fatal error: all goroutines of the cell are asleep, and nothing else can wake them - deadlock!",
			"deadlock: the cell itself can never go on, since nothing that still runs has what it waits for. " +
				"Its other goroutines go on; an interrupt ends them"},
		{Deadlock{Blocked: list, Circle: true},
			"fatal error: goroutines 1 and 2 wait for each other's locks - deadlock!",
			"deadlock: goroutines 1 and 2 wait for each other's locks and can never go on"},
	} {
		if got := strings.Join(c.d.Lines(), "\n"); got != c.said+rest {
			t.Errorf("got\n%s\nwant\n%s", got, c.said+rest)
		}
		if c.warning != "" && c.d.Warning() != c.warning+rest+"\n" {
			t.Errorf("got\n%s\nwant\n%s", c.d.Warning(), c.warning+rest)
		}
	}
}

func TestLongReports(t *testing.T) {
	list := make([]Info, 60)
	for i := range list {
		list[i] = Info{Number: i + 1, State: "chan receive"}
	}
	text := strings.Join((&Deadlock{Blocked: list, Circle: true}).Lines(), "\n")
	if !strings.HasPrefix(text, "fatal error: goroutines 1, 2, 3,") ||
		!strings.Contains(text, ", 50 and 10 more wait for each other's locks - deadlock!\n") ||
		!strings.HasSuffix(text, "\n\n... and 10 more goroutines, all blocked") {
		t.Error(text)
	}
}

func TestTable(t *testing.T) {
	if Text(nil) != "no goroutines\n" || HTML(nil) != "<p>no goroutines</p>" {
		t.Error("none at all")
	}
	list := []Info{
		{Number: 1, Cell: 3, Main: true, Name: "main", State: "running"},
		{Number: 2, Cell: 3, Name: "f", State: "chan send", Blocked: true, Leaked: true, Kind: wait.Send,
			Start: Place{Func: "main", Cell: 3, Line: 2}, For: 130 * time.Second,
			On: []Waiting{{Name: "ch", Type: "chan int"}}, At: []Place{{Func: "f", Cell: 3, Line: 7}}},
	}
	want := `
goroutine  cell  started        function  state                 on                  at                     since
        1     3  with the cell  main      running
        2     3  cell 3 line 2  f         chan send (leaked)  ch (chan int, 0/0)  f, cell 3 line 7   2 min`
	if got := Text(list); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if html := HTML(list); strings.Count(html, "<tr>") != 3 || !strings.Contains(html, "gosched-goroutines") {
		t.Error(html)
	}
}

func TestWhatIsCutFromATable(t *testing.T) {
	list := make([]Info, 0, 200)
	add := func(n int, in Info) {
		for range n {
			in.Number = len(list) + 1
			list = append(list, in)
		}
	}
	add(50, Info{Name: "shown"})
	add(2, Info{Name: "few", Cell: 1, State: "running"})
	add(30, Info{Name: "many", Cell: 2, State: "chan receive", On: []Waiting{{Name: "ch"}}, At: []Place{{Func: "many", Cell: 2, Line: 8}}})
	for i := range 25 {
		add(1, Info{Name: fmt.Sprint("other", i), State: "running"})
	}
	text := Text(list)
	if want := "and 57 more:\n  30 × many, cell 2: chan receive on ch at many, cell 2 line 8\n  2 × few, cell 1: running\n  1 × other0"; !strings.Contains(text, want) {
		t.Errorf("lacks %q:\n%s", want, text)
	}
	if !strings.HasSuffix(text, "  and 7 other kinds\n") || strings.Contains(text, "other18") {
		t.Error(text)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 999 * time.Millisecond: "999 ms", 119 * time.Second: "119 s",
		2 * time.Minute: "2 min", 119 * time.Minute: "119 min", 5 * time.Hour: "5 h",
	} {
		if got := duration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
