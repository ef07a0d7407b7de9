package engine

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

func TestExploreTable(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"an order of two", `
ch := make(chan int)
go func() { ch <- 1 }()
go func() { ch <- 2 }()
fmt.Println(<-ch, <-ch)`,
			[]string{"all ", "can end in 2 ways", "prints │ 1 2", "prints │ 2 1"}},
		{"a counter", `
n := 0
var wg sync.WaitGroup
for range 2 {
	wg.Go(func() { n++ })
}
wg.Wait()
fmt.Println(n)`,
			[]string{"data race", "write of n in cell 1 line 5", "prints │ 1", "prints │ 2"}},
		{"two locks", `
var a, b sync.Mutex
done := make(chan bool)
go func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock(); done <- true }()
b.Lock(); a.Lock(); a.Unlock(); b.Unlock()
<-done`,
			[]string{"deadlock: all goroutines are asleep", "which main has", "ends, and prints nothing"}},
		{"one way", `fmt.Println("hello")`,
			[]string{"there is one schedule only", "prints │ hello"}},
		{"no end", `
var stop atomic.Bool
for !stop.Load() {
}`,
			[]string{"no end: stopped after 20000 steps"}},
		{"a program", `package main
import "fmt"
func main() {
	go fmt.Println("never waited for")
}`,
			[]string{"1 goroutine left over", "can end in 2 ways"}},
		{"an exit", `
go os.Exit(3)
time.Sleep(time.Second)`,
			[]string{"exit status 3"}},
		{"a panic of one", `
ch := make(chan int, 1)
go func() { close(ch) }()
ch <- 1`,
			[]string{"panic: send on closed channel, cell 1 line 4"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			tr, r := nb.exec("%%explore\n" + strings.TrimPrefix(test.src, "\n"))
			if r.Failure != nil {
				t.Fatal(strings.Join(r.Failure.Traceback, "\n"))
			}
			text := tr.firstText()
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("shows\n%s\nwhich lacks %q", text, want)
				}
			}
			if r.Goroutines != 0 || nb.e.sched.Count() != 0 {
				t.Errorf("%d goroutines live on", nb.e.sched.Count())
			}
		})
	}
}

// firstText is what the first display of a transcript shows as plain text.
func (t *transcript) firstText() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, ev := range t.events {
		if d, ok := ev.(session.Display); ok {
			text, _ := d.Bundle.Data["text/plain"].(string)
			return text
		}
	}
	return ""
}

// TestExploreReplay does what a person does: explores, and runs the seed that is
// shown in another session.
func TestExploreReplay(t *testing.T) {
	const src = `
var a, b sync.Mutex
var wg sync.WaitGroup
wg.Go(func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
wg.Go(func() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() })
wg.Wait()
fmt.Println("done")`
	nb := open(t)
	tr, _ := nb.exec("%%explore" + src)
	found := regexp.MustCompile(`%%replay (\S+) runs`).FindStringSubmatch(tr.stdout())
	if found == nil {
		t.Fatalf("no seed in %q", tr.stdout())
	}
	other := open(t)
	for range 100 {
		_, r := other.exec("%%replay " + found[1] + src)
		if r.Failure == nil || r.Failure.Name != session.Deadlock {
			t.Fatalf("replay of %s: %v", found[1], r.Failure)
		}
	}
	if out := other.run("%%replay s0" + src); out != "done\n" {
		t.Errorf("printed %q", out)
	}
}

// TestReplayChance replays what chance decides beside schedules.
func TestReplayChance(t *testing.T) {
	const src = `
fmt.Println(rand.IntN(1000), rand.Perm(5))
m := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
for k, v := range m {
	fmt.Print(k, v, " ")
	delete(m, "c")
}
ch := make(chan int, 3)
for range 3 {
	select {
	case ch <- 1:
	case ch <- 2:
	case ch <- 3:
	}
}
fmt.Println(<-ch, <-ch, <-ch)
start := time.Now()
time.Sleep(time.Duration(rand.N(10)) * time.Hour)
fmt.Println(start.UTC())`
	outs := map[string]bool{}
	for _, seed := range []string{"w1", "w2", "p2x10n3", "s0"} {
		first := open(t).run("%%replay " + seed + src)
		for range 5 {
			if again := open(t).run("%%replay " + seed + src); again != first {
				t.Errorf("%s printed\n%s\nand then\n%s", seed, first, again)
			}
		}
		outs[first] = true
	}
	if len(outs) < 3 {
		t.Errorf("four seeds came to %d outputs", len(outs))
	}
}

// TestExploreSession explores cells that use the session.
func TestExploreSession(t *testing.T) {
	nb := open(t)
	nb.run("counter := 40\nlist := map[int]bool{}\nfunc step() { counter++; list[counter] = true }")
	tr, r := nb.exec("%%explore 20\nvar wg sync.WaitGroup\nwg.Go(step)\nwg.Wait()\nfmt.Println(counter)")
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	if text := tr.firstText(); !strings.Contains(text, "prints │ 41") || strings.Contains(text, "ways") {
		t.Error(text)
	}
	if errs := tr.errs.String(); !strings.Contains(errs, "assigns to counter of the session") || !strings.Contains(errs, "changes what is in list of the session") {
		t.Error(errs)
	}
	if out := nb.run("counter"); out != "=> 40" {
		t.Errorf("afterwards counter is %s", out)
	}
	nb.run("%%explore 5\nvar own int\nown++\nfmt.Println(own)")
	if out := nb.run("own"); out != "=> 1" {
		t.Errorf("a variable that the cell declares is %s", out)
	}
}

// TestExploreRefuses gives what cannot be explored.
func TestExploreRefuses(t *testing.T) {
	nb := open(t)
	for _, src := range []string{"%%explore\nx :=", "%%explore\nvar x int = \"a\"", "%%explore many\n1", "%%explore 0\n1", "%%replay\n1", "%%replay x\n1", "%%replay w\n1", "%%replay s(\n1"} {
		tr, r := nb.exec(src)
		if r.Failure == nil || r.Failure.Name != session.CompileError && r.Failure.Name != session.CommandError {
			t.Errorf("%q: %v", src, r.Failure)
		}
		if len(tr.events) != 0 {
			t.Errorf("%q told %v", src, tr.events)
		}
	}
	e, err := Open(Options{Kind: Yaegi})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	y := &notebook{t: t, e: e}
	for _, head := range []string{"%%explore", "%%virtual", "%%replay w1"} {
		if _, r := y.exec(head + "\n1"); r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, " "), "--engine direct") {
			t.Errorf("%s under yaegi: %v", head, r.Failure)
		}
	}
}

// TestExploreOutside explores what is not all under control.
func TestExploreOutside(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"errgroup", `
import "golang.org/x/sync/errgroup"
g, ctx := errgroup.WithContext(context.Background())
for i := range 3 {
	g.Go(func() error {
		time.Sleep(time.Duration(i) * time.Hour)
		if i == 1 {
			return errors.New("one")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Hour):
			return nil
		}
	})
}
fmt.Println(g.Wait())`, "prints │ one"},
		{"a pipe", `
r, w := io.Pipe()
go func() { fmt.Fprintln(w, "hello"); w.Close() }()
b, err := io.ReadAll(r)
fmt.Println(string(b), err)`, "prints │ hello"},
		{"a server", `
import ("net/http"; "net/http/httptest")
s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hi") }))
defer s.Close()
res, err := http.Get(s.URL)
b, _ := io.ReadAll(res.Body)
fmt.Println(string(b), err)`, "not under control"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			start := time.Now()
			tr, r := nb.exec("%%explore 20" + test.src)
			if r.Failure != nil {
				t.Fatal(r.Failure)
			}
			if text := tr.firstText(); !strings.Contains(text, test.want) || !strings.Contains(text, "always ends in the same way") {
				t.Errorf("in %s\n%s", time.Since(start), text)
			}
		})
	}
}

// TestExploreInterrupted interrupts an exploration that would go on: what there is
// is shown.
func TestExploreInterrupted(t *testing.T) {
	nb := open(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	tr := &transcript{}
	start := time.Now()
	r := nb.e.Execute(ctx, session.Cell{ID: "x", Number: 1, Source: "%%explore 10000000\nvar wg sync.WaitGroup\nvar n atomic.Int64\nfor range 8 {\n\twg.Go(func() { n.Add(1); n.Add(1) })\n}\nwg.Wait()"}, tr)
	if r.Failure == nil || r.Failure.Name != session.Interrupted {
		t.Error(r.Failure)
	}
	if text := tr.firstText(); !strings.Contains(text, "tried in") {
		t.Error(text)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestExploreBesideOthers explores while a goroutine of an earlier cell lives.
func TestExploreBesideOthers(t *testing.T) {
	nb := open(t)
	nb.run("requests := make(chan int)\ngo func() { for r := range requests { fmt.Println(r) } }()")
	tr, r := nb.exec("%%explore 20\nch := make(chan int)\n<-ch")
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	if text := tr.firstText(); !strings.Contains(text, "deadlock: all goroutines are asleep") {
		t.Error(text)
	}
	tr, r = nb.exec("%%explore 20\nrequests <- 1")
	if text := tr.firstText(); r.Failure != nil || strings.Contains(text, "deadlock") {
		t.Error(r.Failure, text)
	}
}

// Unsafe memory is told to be not under control, and where.
func TestExploreUnsafe(t *testing.T) {
	const src = "x := 1\np := (*int32)(unsafe.Pointer(&x))\n*p = 2\nfmt.Println(x)"
	for _, head := range []string{"%%explore 5\n", "%%virtual\n"} {
		for _, c := range []struct {
			src  string
			told bool
		}{{src, true}, {"x := 1\nfmt.Println(x + 1)", false}} {
			tr, res := open(t).exec(head + c.src)
			if res.Failure != nil {
				t.Fatal(res.Failure)
			}
			text := tr.out.String() + tr.errs.String()
			for _, ev := range tr.events {
				if d, ok := ev.(session.Display); ok {
					text += fmt.Sprint(d.Bundle.Data["text/plain"])
				}
			}
			if got := strings.Contains(text, "memory that package unsafe reaches (cell 1 line 3)"); got != c.told {
				t.Errorf("%s%s: it is told: %v\n%s", head, c.src, got, text)
			}
		}
	}
}

// Of what is equally bad the rarest is drawn, with the accesses that race: a lost update
// is there to be seen.
func TestExploreDrawsTheLostUpdate(t *testing.T) {
	nb := open(t)
	tr, _ := nb.exec(`%%explore all
total, kept := 0, 1
var wg sync.WaitGroup
for range 2 {
	wg.Go(func() {
		old := total
		total = old + kept
	})
}
wg.Wait()
fmt.Println("total", total)`)
	drawn := ""
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok && d.Bundle.Data["image/svg+xml"] != nil {
			drawn, _ = d.Bundle.Data["text/plain"].(string)
		}
	}
	var course []string
	for _, line := range strings.Split(drawn, "\n") {
		for _, what := range []string{"reads total (line 6)", "writes total (line 7)", "reads kept", "prints “total 1”"} {
			if strings.Contains(line, what) {
				course = append(course, what)
			}
		}
	}
	want := []string{"reads total (line 6)", "reads total (line 6)", "writes total (line 7)", "writes total (line 7)", "prints “total 1”"}
	if !slices.Equal(course, want) {
		t.Errorf("it has %q, want %q:\n%s", course, want, drawn)
	}
}
