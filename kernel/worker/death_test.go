package worker

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Reports of Go 1.26 under testdata/reports, each with what is made of it.
func TestExplainReport(t *testing.T) {
	reports, err := filepath.Glob("testdata/reports/*.txt")
	if err != nil || len(reports) == 0 {
		t.Fatalf("no reports: %v", err)
	}
	for _, file := range reports {
		t.Run(filepath.Base(file), func(t *testing.T) {
			report, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(ExplainReport(string(report)), "\n") + "\n"
			golden := strings.TrimSuffix(file, ".txt") + ".golden"
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// No memory for a thread is a matter of threads only where goroutines hold many.
func TestTooManyThreads(t *testing.T) {
	const (
		newm    = "fatal error: runtime: cannot allocate memory\n\nruntime stack:\nruntime.allocm(0x0)\n\tproc.go:1\nruntime.newm(0x0)\n\tproc.go:2\n\n"
		running = "goroutine 1 gp=0xc0 m=0 mp=0x1 [running]:\n\n"
		signals = "goroutine 5 gp=0xc1 m=3 mp=0x2 [syscall]:\n\n"
		locked  = "goroutine 9 gp=0xc2 m=nil [chan receive, locked to thread]:\n\n"
		calls   = "goroutine 10 gp=0xc3 m=7 mp=0x3 [syscall, 2 minutes]:\n\n"
	)
	for name, tt := range map[string]struct {
		report string
		want   bool
	}{
		"memory":  {newm + running + signals, false},
		"locked":  {newm + running + strings.Repeat(locked, 5), true},
		"calls":   {"runtime: failed to create new OS thread (have 900 already; errno=11)\n" + strings.Repeat(calls, 5), true},
		"cgo":     {"runtime/cgo: pthread_create failed: Resource temporarily unavailable\n" + running + signals, false},
		"limit":   {"runtime: program exceeds 10000-thread limit\nfatal error: thread exhaustion\n" + running, true},
		"no lack": {"fatal error: all goroutines are asleep\n" + strings.Repeat(locked, 5), false},
	} {
		if got := tooManyThreads(tt.report); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	// Whose stacks are a part of what is full is said where there are many.
	const full = "fatal error: runtime: out of memory\n\nruntime stack:\nruntime.throw({0x1, 0x2})\n\tpanic.go:1\n\n"
	for name, tt := range map[string]struct {
		report string
		hint   bool
	}{
		"no thread":    {newm + running + signals, false},
		"few threads":  {full + running + strings.Repeat(locked, 5), false},
		"many threads": {full + running + strings.Repeat(locked, 70), true},
	} {
		f := death{report: tt.report, limit: 256 << 20}.failure(ExplainReport)
		if !strings.Contains(f.Value, "out of memory") || strings.Contains(strings.Join(f.Traceback, "\n"), "semaphore") != tt.hint {
			t.Errorf("%s: with the memory full it is %q\n%q", name, f.Value, f.Traceback)
		}
	}
}

func TestReportStart(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"hello\n", -1},
		{"fatal error: x\n", 0},
		{"hello\nfatal error: x", 6},
		{"a panic: in the middle\n", -1},
		{"hello\npan", 6},
		{"hello\npan\n", -1},
		{"hello\n", -1},
		{"runtime: goroutine stack exceeds", 0},
	}
	for _, test := range tests {
		if got := reportStart([]byte(test.text)); got != test.want {
			t.Errorf("reportStart(%q) = %d, want %d", test.text, got, test.want)
		}
	}
}

func TestRunesAreNotTorn(t *testing.T) {
	const text = "aé€😀\xffb\xc3"
	for size := 1; size <= len(text); size++ {
		var pieces []string
		p := &capture{give: func(s string) { pieces = append(pieces, s) }}
		for i := 0; i < len(text); i += size {
			p.take([]byte(text[i:min(i+size, len(text))]))
		}
		if len(p.rest) != 1 {
			t.Errorf("by %d bytes: the unfinished rest is %q", size, p.rest)
		}
		if got := strings.Join(pieces, "") + string(p.rest); got != text {
			t.Errorf("by %d bytes: %q", size, got)
		}
		for _, s := range pieces {
			if s := strings.ReplaceAll(s, "\xff", ""); strings.ToValidUTF8(s, "?") != s {
				t.Errorf("by %d bytes: torn piece %q", size, s)
			}
		}
	}
}

func TestLongReportIsBounded(t *testing.T) {
	var got strings.Builder
	p := &capture{give: func(s string) { got.WriteString(s) }}
	p.holdReports(func(uint64) {}, func() {})
	p.take([]byte("fatal error: x\n"))
	for range 100 {
		p.take([]byte(strings.Repeat("y", 32<<10)))
	}
	if len(p.held) > keptReport || len(p.tail) > 2*keptReport {
		t.Errorf("%d bytes of report and %d of tail are kept", len(p.held), len(p.tail))
	}
	p.alive(p.asked + 1)
	if got.Len() > 0 {
		t.Error("an answer to no question was heeded")
	}
	p.alive(p.asked)
	if !strings.HasPrefix(got.String(), "fatal error: x\nyyy") || !strings.Contains(got.String(), "was cut") {
		t.Errorf("%d bytes were let go", got.Len())
	}
}

// Where the collector noticed that memory is used up, the report is about the
// cell that has used it.
func TestGuilty(t *testing.T) {
	const (
		worker = "goroutine 5 gp=0x1 m=3 mp=0x2 [GC worker (active)]:"
		waits  = `goroutine 7 gp=0x1 m=nil [select] labels:{"gosched": "cell 1"}:`
		runs   = `goroutine 9 gp=0x1 m=4 mp=0x2 [runnable] labels:{"gosched": "cell 2"}:`
		other  = "goroutine 1 gp=0x1 m=nil [chan receive]:"
	)
	for _, test := range []struct {
		lines []string
		want  string
	}{
		{[]string{"fatal error: runtime: out of memory", "", runs, waits}, runs},
		{[]string{"goroutine 0 gp=0x1 m=3 mp=0x2 [idle]:", worker, other, waits, runs}, runs},
		{[]string{worker, other, waits}, waits},
		{[]string{worker, other}, worker},
		{[]string{other, runs}, other},
	} {
		if got := test.lines[guilty(test.lines)]; got != test.want {
			t.Errorf("%q: %q", test.lines, got)
		}
	}
	if guilty([]string{"fatal error: x"}) != -1 {
		t.Error("there is none")
	}
}

// A fault of the runtime next to nil is that it was not given memory, where the
// child has used much of what it may.
func TestStarved(t *testing.T) {
	self := exec.Command("true")
	if err := self.Run(); err != nil {
		t.Skip(err)
	}
	const report = "fatal error: unexpected signal during runtime execution\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x42]\n\nruntime stack:\n"
	for _, test := range []struct {
		d    death
		want string
	}{
		{death{state: self.ProcessState, report: report, limit: 1 << 20}, "fatal error: out of memory (the session's limit is 1 MiB)"},
		{death{state: self.ProcessState, report: report, limit: 1 << 40}, "fatal error: unexpected signal during runtime execution"},
		{death{state: self.ProcessState, report: report}, "fatal error: unexpected signal during runtime execution"},
		{death{state: self.ProcessState, report: strings.Replace(report, "0x18", "0xc000123456", 1), limit: 1 << 20}, "fatal error: unexpected signal during runtime execution"},
		{death{state: self.ProcessState, report: "SIGSEGV: segmentation violation\nPC=0x42 m=3 sigcode=1 addr=0x0\n", limit: 1 << 20}, "fatal error: out of memory (the session's limit is 1 MiB)"},
	} {
		if f := test.d.failure(ExplainReport); f.Value != test.want || !strings.Contains(f.Traceback[0], test.want) {
			t.Errorf("limit %d: %q\n%s", test.d.limit, f.Value, test.d.report)
		}
	}
}

// A goroutine that has said where it is before it asked for a large block is told
// with that.
func TestExplainAnnounced(t *testing.T) {
	report := "fatal error: runtime: cannot allocate memory\n\n" +
		`goroutine 9 gp=0x1 m=4 mp=0x2 [running] labels:{"gosched": "cell 2 < main.fill(...) < cell 2 line 3 < main(...) < cell 2 line 5"}:` +
		"\nruntime.throw({0x1, 0x2})\n\t/go/src/runtime/panic.go:1 +0x1\n"
	got := strings.Join(ExplainReport(report), "\n")
	if want := "goroutine of cell 2 [running]:\nmain.fill(...)\n\tcell 2 line 3\nmain(...)\n\tcell 2 line 5"; !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s", got)
	}
}
