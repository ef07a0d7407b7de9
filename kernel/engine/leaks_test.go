package engine

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched/report"
)

var updateLeaks = flag.Bool("update-leaks", false, "write down what the leak profile names natively")

// A leakProgram is a function of testdata/leaks/programs.go.
type leakProgram struct {
	name string
	want int // goroutines that it leaks
}

func leakPrograms(t *testing.T) (source string, all []leakProgram) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "leaks", "programs.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^func (leak\w+)\(\) \{ // (\d+)`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[2])
		all = append(all, leakProgram{m[1], n})
	}
	if len(all) < 20 {
		t.Fatalf("only %d programs", len(all))
	}
	return string(text), all
}

// nativeLeaks is the golden file of what the runtime's own profile names.
var nativeLeaks = filepath.Join("testdata", "leaks", "native.txt")

// The runtime's own profile, in the same programs run natively, names what the
// golden file says.
func TestContract15_LeakedNatively(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the go command")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command")
	}
	dir := t.TempDir()
	var main bytes.Buffer
	main.WriteString("package main\n\nfunc main() {\n")
	source, programs := leakPrograms(t)
	for _, p := range programs {
		fmt.Fprintf(&main, "\treport(%q, %s)\n", p.name, p.name)
	}
	main.WriteString("}\n")
	helper, err := os.ReadFile(filepath.Join("testdata", "leaks", "report.go"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod": "module leaks\n\ngo 1.26.0\n", "main.go": main.String(),
		"programs.go": source, "report.go": string(helper),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command(goTool, "run", ".")
	run.Dir = dir
	run.Env = os.Environ()
	if pprof.Lookup("goroutineleak") == nil || os.Getenv("GOEXPERIMENT") == "" {
		if version, _ := exec.Command(goTool, "env", "GOVERSION").Output(); strings.HasPrefix(string(version), "go1.26") {
			run.Env = append(run.Env, "GOEXPERIMENT=goroutineleakprofile")
		}
	}
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	if *updateLeaks {
		if err := os.WriteFile(nativeLeaks, out, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(nativeLeaks)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, golden) {
		t.Errorf("natively it is\n%swant\n%s", out, golden)
	}
}

// What is small and kept shares no memory with a lock, which would never be out of
// reach then.
func TestContract15_LeakedBesideSmallThings(t *testing.T) {
	nb := open(t)
	nb.run(`
var kept []*int32

func leak() {
	for range 50 {
		kept = append(kept, new(int32))
		var mu sync.Mutex
		kept = append(kept, new(int32))
		pair := new(struct { n int32; mu sync.Mutex })
		kept = append(kept, new(int32))
		mu.Lock()
		pair.mu.Lock()
		go func() { mu.Lock() }()
		go pair.mu.Lock()
	}
}
leak()
time.Sleep(50 * time.Millisecond)`)
	nb.e.sched.Settle(time.Second)
	r := nb.e.sched.Leaks()
	if !r.Complete {
		t.Skip("this release of Go has the leak profile as an experiment only")
	}
	if n := len(r.Leaked); n != 100 {
		t.Errorf("%d of 100 are found", n)
	}
}

// A response that has not been read knows its goroutine, but not what that waits for.
func TestContract15_LeakedWithAResponse(t *testing.T) {
	nb := open(t)
	nb.run(`
site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "tea") }))
var resp *http.Response
got := make(chan bool)
go func() {
	resp, _ = http.Get(site.URL)
	close(got)
	<-make(chan int)
}()
<-got
resp.StatusCode`)
	nb.e.sched.Settle(time.Second)
	r := nb.e.sched.Leaks()
	if !r.Complete {
		t.Skip("this release of Go has the leak profile as an experiment only")
	}
	if n := len(r.Leaked); n != 1 {
		t.Errorf("%d of 1 are found\n%s", n, report.Text(nb.e.sched.List()))
	}
}

// A session names at least what the profile names natively.
func TestContract15_LeakedInASession(t *testing.T) {
	golden, err := os.ReadFile(nativeLeaks)
	if err != nil {
		t.Fatal(err)
	}
	native := make(map[string]int)
	for line := range strings.Lines(string(golden)) {
		var name string
		var n int
		if _, err := fmt.Sscan(line, &name, &n); err != nil {
			t.Fatal(err)
		}
		native[name] = n
	}
	source, programs := leakPrograms(t)
	nb := open(t)
	nb.run(source)
	before := 0
	for _, p := range programs {
		nb.run(p.name + "()\ntime.Sleep(50 * time.Millisecond)")
		nb.e.sched.Settle(time.Second)
		r := nb.e.sched.Leaks()
		if !r.Complete {
			t.Skip("this release of Go has the leak profile as an experiment only")
		}
		n := len(r.Leaked) - before
		before += n
		if n != p.want || n < native[p.name] {
			t.Errorf("%s: %d, want %d (natively %d)\n%s", p.name, n, p.want, native[p.name], report.Text(nb.e.sched.List()))
		}
	}
}
