package cell_test

import (
	"errors"
	"go/token"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/cell"
)

func TestErrors(t *testing.T) {
	deep := strings.Repeat("(", 200_000) + "1" + strings.Repeat(")", 200_000)
	tests := []struct{ name, src, want string }{
		{"string", "x := \"abc\ny := 2", "cell 3:1:6: string literal not terminated"},
		{"raw string", "x := 1\ny := `abc\nfoo(", "cell 3:2:6: raw string literal not terminated"},
		{"comment", "x := 1\n/* y\nz {", "cell 3:2:1: comment not terminated"},
		{"open brace", "x := 1\nfor {\n f()", "(the '{' of line 2, column 5 is not closed)"},
		{"open paren", "f(1, 2", "cell 3:1:7: "},
		{"stray brace", "x := 1\n}\nfunc f() {\n}", "cell 3:2:1: unexpected '}': no '{' is open here"},
		{"stray paren", "x := 1)", "cell 3:1:7: unexpected ')': no '(' is open here"},
		{"case", "case 1: f()\ny := 1", "cell 3:1:1: case outside of a switch or select"},
		{"else", "if x { y() }\nelse { z() }", "cell 3:2:1: expected statement, found 'else' ('else' goes on the line of the '}' before it)"},
		{"func in func", "func f() { func g() {} }", "cell 3:1:17: expected '(', found g"},
		{"two on a line", "x := 1 y := 2", "cell 3:1:8: expected ';', found y"},
		{"curly quotes", "s := “a”", `(use neutral '"')`},
		{"single quotes", "s := ‘a’", `(use "'")`},
		{"full width", "f（1）", `illegal character U+FF08 '（' (full-width; use "(")`},
		{"no-break space", "x\u00a0:= 1", "invisible or not a plain space"},
		{"hash", "# x", "a comment starts with //"},
		{"long rune", "x := 'ab'", "illegal rune literal (strings take double quotes)"},
		{"utf-8", "x := \"\xff\"", "cell 3:1:7: illegal UTF-8 encoding (Go source is UTF-8"},
		{"nul", "x := \x00 1", "cell 3:1:6: illegal character NUL (a byte of value 0"},
		{"byte order mark", "x := 1\n\ufeffy := 2", "cell 3:2:1: illegal byte order mark (an invisible U+FEFF; delete it)"},
		{"deep", deep, "nested too deeply"},
		{"deep unary", "x := " + strings.Repeat("-+", 100_000) + "1", "too long"},
		{"deep binary", "x := 1" + strings.Repeat("+1", 500_000), "too long"},
		{"deep if", strings.Repeat("if x {} else ", 150_000) + "{}", "nested too deeply: split it"},
		{"huge", strings.Repeat(" ", 64<<20+1), "more than 64 MB"},
		{"magic", "x := 1\n%%time", "cell 3:2:1: a line with %% must stand before the Go code of its cell"},
		{"package", "package 1", "cell 3:1:9: expected 'IDENT', found 1"},
		{"import", "import fmt", `cell 3:1:11: missing import path (it takes quotes, as in import "fmt")`},
		{"generic method", "type T interface { M[P any]() }", "must have no type parameters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := cell.Parse(token.NewFileSet(), "cell 3", []byte(tt.src))
			if c == nil {
				t.Fatal("no cell")
			}
			var list cell.ErrorList
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("no error, want %q", tt.want)
			}
			if got := list[0].Error(); !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, e := range list {
				if e.Pos.Offset < 0 || e.Pos.Offset > len(tt.src) || e.Pos.Filename != "cell 3" {
					t.Errorf("%v is not in the cell", e)
				}
			}
		})
	}
}

func TestErrorsAreOneALineAndTen(t *testing.T) {
	_, err := cell.Parse(token.NewFileSet(), "cell 3", []byte(strings.Repeat("func f( { x := := 1 }\n\nfunc g() {}\n", 30)))
	var list cell.ErrorList
	if !errors.As(err, &list) || len(list) > cell.MaxErrors {
		t.Fatal(err)
	}
	_, err = cell.Parse(token.NewFileSet(), "cell 3", []byte("func f() { x := := 1 }\nok()\nfunc g() { y := := 2 }\n"))
	if !errors.As(err, &list) || len(list) != 2 || list[0].Pos.Line != 1 || list[1].Pos.Line != 3 {
		t.Errorf("want an error on lines 1 and 3, got %v", list)
	}
}

func TestDeepButFine(t *testing.T) {
	start := cpuTime(t)
	_, c := parse(t, "x := "+strings.Repeat("(", 9_999)+"1"+strings.Repeat(")", 9_999))
	if len(c.Stmts) != 1 {
		t.Error("no statement")
	}
	if d := cpuTime(t) - start; d > 2*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestPathological runs sources that would show a quadratic step: eight times
// as much of them may not take much more than eight times as long.
func TestPathological(t *testing.T) {
	const n = 200_000
	for _, piece := range []string{"}", "]", ";%x", "%x\n", "func({)\n", "func (]\n", "x;", "a(", "case x:\n", "`", "/*", "(}", "func f(){}\n", "L:", "\x00", "“"} {
		took := func(n int) time.Duration {
			src := []byte(strings.Repeat(piece, n/len(piece)))
			if piece == "]" { // closes nothing of very much
				src = append([]byte(strings.Repeat("(", 9_000)), src...)
			}
			start := cpuTime(t)
			_, _ = cell.Parse(token.NewFileSet(), "c", src)
			cell.IsComplete(string(src))
			return cpuTime(t) - start
		}
		less, more := max(took(n/8), 20*time.Millisecond), took(n)
		if more > 40*less {
			t.Errorf("%q: %v for %d bytes, %v for %d", piece, less, n/8, more, n)
		}
	}
}

// cpuTime is what the process has used. It says more than a clock when other
// processes run.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}
