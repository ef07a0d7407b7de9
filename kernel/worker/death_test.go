package worker

import (
	"os"
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
