package sessiontest

import (
	"strings"
)

// A whole program ends when main returns or panics: no goroutine of it goes on,
// no deferred call of theirs runs, and the cell says how many there were.
func contract26_ProgramEnds(t *T) {
	const imports = "package main\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n\n"
	for _, test := range []struct {
		name, src string
		note      string // on standard error
		failure   string
		left      bool // goroutines that go on
	}{
		{"returns", imports + `func main() {
	forever := make(chan int)
	for range 3 {
		go func() {
			defer fmt.Println("deferred")
			<-forever
		}()
	}
	go func() {
		defer fmt.Println("deferred")
		for {
		}
	}()
	time.AfterFunc(50*time.Millisecond, func() { fmt.Println("timer") })
	fmt.Println("main")
}`, "4 other goroutines were alive", "", false},
		{"one", imports + "func main() { go time.Sleep(time.Hour); fmt.Println(\"main\") }", "another goroutine was alive", "", false},
		{"none", imports + "var _ time.Time\n\nfunc main() { fmt.Println(\"main\") }", "", "", false},
		{"panics", imports + `func main() {
	go func() {
		defer fmt.Println("deferred")
		time.Sleep(50 * time.Millisecond)
		fmt.Println("later")
	}()
	fmt.Println("main")
	panic("over")
}`, "", "over", false},
		// Without the package clause it is a cell that has a func main.
		{"no program", strings.TrimPrefix(imports, "package main\n\n") + `func main() {
	go func() { time.Sleep(time.Hour) }()
	fmt.Println("main")
}`, "", "", true},
	} {
		t.Run(test.name, func(t *T) {
			nb := t.open()
			nb.run("kept := make(chan int)\ngo func() { <-kept }()")
			tr, r := nb.exec(test.src)
			if failed := r.Failure != nil; failed != (test.failure != "") || failed && !strings.Contains(r.Failure.Value, test.failure) {
				t.Fatalf("failure: %+v", r.Failure)
			}
			if test.note == "" && tr.stderr() != "" || !strings.Contains(tr.stderr(), test.note) {
				t.Errorf("standard error %q, want %q", tr.stderr(), test.note)
			}
			want := 1 // of the first cell
			if test.left {
				want++
			}
			var text string
			if !until(func() bool {
				var list []goroutine
				list, text = nb.goroutines()
				return len(list) == want
			}) {
				t.Errorf("%d goroutines are wanted, there are\n%s", want, text)
			}
			nb.run("time.Sleep(100 * time.Millisecond)")
			if got := tr.stdout(); got != "main\n" {
				t.Errorf("printed %q", got)
			}
		})
	}
}
