package yaegi_test

import "testing"

// What packages of the library ask errors for is answered as the cell's types do, and by
// no others.
func TestErrors(t *testing.T) {
	s, _ := compiled(t, `import ("errors"; "fmt"; "net"; "os"; "reflect")
type late struct{ after int }
func (late) Error() string { return "late" }
func (late) Timeout() bool { return true }
func (late) Temporary() bool { return false }
type plain string
func (p plain) Error() string { return string(p) }
func (p plain) Is(target error) bool { return target == os.ErrExist }
type both struct{ a, b error }
func (both) Error() string { return "both" }
func (b both) Unwrap() []error { return []error{b.a, b.b} }
func f() {
	var timed net.Error
	for _, err := range []error{late{1}, plain("p"), both{late{2}, plain("q")}, fmt.Errorf("w: %w", late{3})} {
		fmt.Println(err, os.IsTimeout(err), errors.As(err, &timed), errors.Is(err, os.ErrExist), errors.Is(err, late{2}))
	}
	fmt.Println(timed)
	fmt.Println(reflect.DeepEqual(both{late{1}, nil}, both{late{1}, nil}), reflect.DeepEqual(late{1}, late{2}), reflect.DeepEqual(late{1}, 1), reflect.DeepEqual(1, 1))
	var p *plain
	var m map[plain]*plain
	fmt.Printf("%v %#v %#v %v %T\n", p, p, m, map[plain]*plain{"k": nil}, timed)
	fmt.Printf("%v %[1]T %d %T|%-6[1]T|%[3]*[2]T|%%\n", plain("x"), late{1}, 11)
	defer func() { fmt.Println(recover().(error).Error()) }()
	panic(plain("panicked"))
}`)
	const want = "late true true false false\np false false true false\nboth false true true true\nw: late false true false false\nlate\n" +
		"true false false true\n<nil> (*main.plain)(nil) map[main.plain]*main.plain(nil) map[k:<nil>] main.late\nx main.plain {1} int|main.plain|  main.late|%\npanicked\n"
	if r := s.Run("f"); r.Printed != want {
		t.Errorf("printed\n%s\nwant\n%s\nended with %q", r.Printed, want, r.Failed())
	}
}

// A method of nil cannot be deferred, nor begun as a goroutine.
func TestMethodOfNil(t *testing.T) {
	s, _ := compiled(t, `import ("fmt"; "io")
func try(f func(io.Closer)) {
	defer func() { fmt.Println(recover()) }()
	f(nil)
	fmt.Println("went on")
}
func f() {
	try(func(c io.Closer) { defer c.Close(); fmt.Println("deferred") })
	try(func(c io.Closer) { go c.Close(); fmt.Println("begun") })
}`)
	const want = "runtime error: invalid memory address or nil pointer dereference\n"
	if r := s.Run("f"); r.Printed != want+want {
		t.Errorf("printed %q, ended with %q", r.Printed, r.Failed())
	}
}

// What a program assigns os.Stdout is what it prints to.
func TestAssignedStdout(t *testing.T) {
	s, _ := compiled(t, `import ("fmt"; "io"; "os")
func f() {
	r, w, _ := os.Pipe()
	stdout := os.Stdout
	os.Stdout = w
	fmt.Print("to ")
	fmt.Println("the pipe")
	os.Stdout = stdout
	w.Close()
	b, err := io.ReadAll(r)
	fmt.Printf("%q %v\n", b, err)
}`)
	if r := s.Run("f"); r.Printed != "\"to the pipe\\n\" <nil>\n" {
		t.Errorf("printed %q, ended with %q", r.Printed, r.Failed())
	}
}

// Only what a defer statement calls sees the panic, and a deferred recover the one for
// which the function was called that defers it.
func TestWhoRecovers(t *testing.T) {
	s, _ := compiled(t, `import ("fmt"; "sort"; "sync")
func try(name string, f func()) {
	defer func() { fmt.Println(name, recover()) }()
	f()
}
type closer struct{ f func() }
func (c closer) Close() { c.f() }
func f() {
	var once sync.Once
	seen := func() { fmt.Print(recover(), " ") }
	try("a stand-in calls it", func() { defer once.Do(seen); panic(1) })
	try("compiled code calls it", func() { defer sort.Slice([]int{2, 1}, func(i, j int) bool { seen(); return true }); panic(2) })
	try("a method calls it", func() { defer closer{seen}.Close(); panic(3) })
	try("it is deferred", func() { f := closer{seen}.f; defer f(); panic(4) })
	try("recover is deferred", func() { defer recover(); panic(5) })
	try("by a deferred function", func() { defer func() { defer recover() }(); panic(6) })
	try("which panics", func() { defer func() { defer func() { fmt.Print(recover(), " ") }(); defer recover(); panic(8) }(); panic(7) })
	try("and does not any more", func() { defer func() { defer recover(); defer seen(); panic(10) }(); panic(9) })
}`)
	const want = `<nil> a stand-in calls it 1
<nil> compiled code calls it 2
<nil> a method calls it 3
4 it is deferred <nil>
recover is deferred 5
by a deferred function <nil>
8 which panics 7
10 and does not any more <nil>
`
	if r := s.Run("f"); r.Printed != want {
		t.Errorf("printed\n%s\nwant\n%s\nended with %q", r.Printed, want, r.Failed())
	}
}
