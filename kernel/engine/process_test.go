package engine

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// What a program asks about its process is answered as if it ran by itself.
func TestContract6_OwnProcess(t *testing.T) {
	// Those of this test, and what other tests' cells have defined in it.
	known := map[string]bool{}
	flag.VisitAll(func(f *flag.Flag) { known[f.Name] = true })
	nb := open(t)
	got := nb.run(`flag.VisitAll(func(f *flag.Flag) { fmt.Println(f.Name) })`)
	names := slices.DeleteFunc(strings.Fields(got), func(name string) bool { return known[name] })
	if len(names) > 0 {
		t.Errorf("flags: %q", names)
	}
	nb.run(`import _ "testing/quick"`)
	if got := nb.run(`flag.Lookup("quickchecks").Usage != ""`); got != "=> true" {
		t.Errorf("the flag of testing/quick: %s", got)
	}
	got = nb.run(`stop := make(chan bool)
for range 7 { go func() { <-stop }() }
for { // until they wait
	var b strings.Builder
	pprof.Lookup("goroutine").WriteTo(&b, 1)
	if strings.Count(b.String(), "7 @\n#\tmain.func") == 1 { break }
	time.Sleep(time.Millisecond)
}
read := func(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
before := read("/sched/goroutines:goroutines")
for range 20 { go func() { <-stop }() }
var b strings.Builder
pprof.Lookup("goroutine").WriteTo(&b, 2)
fmt.Println(runtime.NumGoroutine(), pprof.Lookup("goroutine").Count(), strings.Count(b.String(), "created by"), strings.Contains(b.String(), "kernel/"))
fmt.Println(int(read("/sched/goroutines:goroutines") - before) > 10, before >= 8)
close(stop)`)
	if want := "28 28 27 false\ntrue true\n"; got != want {
		t.Errorf("goroutines: %q, want %q", got, want)
	}
}

func TestContract6_ExitStatus(t *testing.T) {
	for code, want := range map[string]string{"-1": "exit status 255", "256": "exit status 0", "3": "exit status 3"} {
		_, r := open(t).exec("os.Exit(" + code + ")")
		if r.Failure == nil || r.Failure.Name != session.Exit || r.Failure.Value != want {
			t.Errorf("os.Exit(%s): %v, want %s", code, r.Failure, want)
		}
	}
}

// A main goroutine that calls runtime.Goexit leaves the cell to the others.
func TestContract6_GoexitInMain(t *testing.T) {
	for _, test := range []struct {
		name, src, out string
		kind           session.FailureKind
		value          string
	}{
		{"others return", `defer fmt.Println("deferred")
go func() { time.Sleep(20 * time.Millisecond); fmt.Println("other") }()
runtime.Goexit()`, "deferred\nother\n", session.Goexit, "no goroutines (main called runtime.Goexit) - deadlock!"},
		{"alone", `func() { runtime.Goexit() }()
fmt.Println("never")`, "", session.Goexit, "no goroutines (main called runtime.Goexit) - deadlock!"},
		{"another exits", `go func() { time.Sleep(10 * time.Millisecond); os.Exit(4) }()
runtime.Goexit()`, "", session.Exit, "exit status 4"},
		{"another panics", `go func() { time.Sleep(10 * time.Millisecond); panic("last") }()
runtime.Goexit()`, "", session.Panic, "last"},
		{"others are stuck", `var never chan int
go func() { <-never }()
runtime.Goexit()`, "", session.Deadlock, "all goroutines are asleep - deadlock!"},
		{"a timer is left", `time.AfterFunc(30*time.Millisecond, func() { fmt.Println("later") })
runtime.Goexit()`, "later\n", session.Goexit, "no goroutines (main called runtime.Goexit) - deadlock!"},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			tr, r := nb.exec(test.src)
			if r.Failure == nil || r.Failure.Name != test.kind || r.Failure.Value != test.value {
				t.Fatalf("failure %v, want %s: %s", r.Failure, test.kind, test.value)
			}
			if got := tr.stdout(); got != test.out {
				t.Errorf("printed %q, want %q", got, test.out)
			}
			if text := strings.Join(r.Failure.Traceback, "\n"); test.kind == session.Goexit && !strings.Contains(text, "fatal error: ") {
				t.Errorf("traceback %q", text)
			}
			if got := nb.run("1 + 1"); got != "=> 2" {
				t.Errorf("afterwards: %s", got)
			}
		})
	}
}

// A program that assigns the standard streams prints and reads there.
func TestContract6_AssignedStreams(t *testing.T) {
	nb := open(t)
	nb.run(`func capture(f func()) string {
	old, oldErr := os.Stdout, os.Stderr
	r, w, err := os.Pipe()
	if err != nil { panic(err) }
	os.Stdout, os.Stderr = w, w
	defer func() { os.Stdout, os.Stderr = old, oldErr }()
	f()
	w.Close()
	b, err := io.ReadAll(r)
	if err != nil { panic(err) }
	return string(b)
}`)
	got := nb.run(`text := capture(func() {
	fmt.Print("a", 1, "\n")
	fmt.Printf("%03d\n", 7)
	p := fmt.Println
	p("as a value")
	fmt.Fprintln(os.Stdout, "b")
	os.Stdout.WriteString("c\n")
	log.New(os.Stderr, "log: ", 0).Println("d")
	slog.New(slog.NewTextHandler(os.Stdout, nil)).Info("e")
})
lines := strings.Split(text, "\n")
_, lines[6], _ = strings.Cut(lines[6], " ")
fmt.Printf("%q\n", lines)
fmt.Println("seen")`)
	if want := `["a1" "007" "as a value" "b" "c" "log: d" "level=INFO msg=e" ""]` + "\nseen\n"; got != want {
		t.Errorf("captured:\n%s\nwant\n%s", got, want)
	}
	got = nb.run(`old := os.Stdin
r, w, _ := os.Pipe()
os.Stdin = r
go func() { fmt.Fprintln(w, "41 word"); fmt.Fprintln(w, "whole line"); w.Close() }()
var n int
var s string
fmt.Println(fmt.Scan(&n, &s))
sc := bufio.NewScanner(os.Stdin)
for sc.Scan() { fmt.Printf("%q ", sc.Text()) }
_, err := fmt.Scanln(&n)
fmt.Println(n, s, err)
os.Stdin = old`)
	if want := "2 <nil>\n\"whole line\" 41 word EOF\n"; got != want {
		t.Errorf("read %q, want %q", got, want)
	}
	if got := nb.run(`var n int; fmt.Scan(&n); n`, "12"); got != "=> 12" {
		t.Errorf("the cell's own input: %s", got)
	}
	tr, r := nb.exec(`keep := os.Stdout
os.Stdout, _ = os.Open(os.DevNull)
_, err := fmt.Println("nowhere")
println(err != nil)`)
	if note := tr.errs.String(); r.Failure != nil || !strings.HasPrefix(note, "true\nnote: since this cell, os.Stdout is another file") || tr.stdout() != "" {
		t.Errorf("failure %v, notes %q, output %q", r.Failure, note, tr.stdout())
	}
	tr, r = nb.exec(`fmt.Println("still nowhere")
os.Stdout = keep
fmt.Println("back")`)
	if r.Failure != nil || tr.errs.String() != "" || tr.stdout() != "back\n" {
		t.Errorf("failure %v, notes %q, output %q", r.Failure, tr.errs.String(), tr.stdout())
	}
}

// A million nested calls are no endless recursion.
func TestContract6_DeepRecursion(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a gigabyte of stack")
	}
	nb := open(t)
	nb.run(`func down(n int) int { if n == 0 { return 0 }; return down(n-1) + 1 }
type list struct{ next *list }
func (l *list) len() int { if l == nil { return 0 }; return 1 + l.next.len() }`)
	if got := nb.run(`down(1_000_000)`); got != "=> 1000000" {
		t.Errorf("a function: %s", got)
	}
	if got := nb.run(`var l *list
for range 1_000_000 { l = &list{l} }
l.len()`); got != "=> 1000000" {
		t.Errorf("a method: %s", got)
	}
}
