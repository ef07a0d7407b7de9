package check_test

import (
	"strings"
	"testing"
)

// The errors are those of Go's compiler.
func TestContract5_AnonymousCycles(t *testing.T) {
	for _, test := range []struct {
		src    string
		errors string // lines
	}{
		{"type I interface { m() interface { I } }", "1"},
		{"type I interface { m() interface { J } }\ntype J interface { m() interface { I } }", "1"},
		{"type I interface { m(map[string][]*interface { I }) }", "1"},
		{"type I interface { m() func(chan interface { I }) }", "1"},
		{"type I interface { m() struct { x [3]interface { I } } }", "1"},
		{"type I interface { m() (int, interface { I; n() }) }", "1"},
		{"type G[T any] interface { m() interface { G[T] } }", "1"},
		{"type G[T any] interface { m() interface { G[*T] } }", "1"}, // the compiler never ends
		{"type G[T any] interface { m() interface { H[[]T] } }\ntype H[T any] interface { G[T] }", "1"},
		{"type G[T any] interface { m() interface { n() G[T] } }", ""},
		{"type G[T any] interface { m() interface { H[*T] } }\ntype H[T any] interface { n() T }", ""},
		{"func f() {\n\ttype I interface { m() interface { I } }\n}", "2"},
		{"type I interface { m() interface { I } }\ntype J interface { n() interface { J } }", "1 2"},
		{"type A = interface { m() interface { I } }\ntype I A", "1"},

		{"type I interface { m() I }", ""},
		{"type I interface { m() interface { n() I } }", ""},
		{"type I interface { m() interface { J } }\ntype J interface { m() I }", ""},
		{"type I interface { m() interface {} }\ntype J interface { I; n() any }", ""},
		{"type T struct { next interface { T() T } }", ""},
		{"type G[T any] interface { m() interface { n() G[T] } }", ""},
		{"type E interface { error; m() interface { error; Unwrap() error } }", ""},
	} {
		nb := open(t)
		_, err := nb.check(test.src)
		var lines []string
		if err != nil {
			for l := range strings.SplitSeq(err.Error(), "\n") {
				place, msg, _ := strings.Cut(l, ": ")
				if !strings.Contains(msg, "anonymous interface refers to itself") {
					t.Errorf("%s\n%v", test.src, err)
				}
				lines = append(lines, strings.Split(place, ":")[1])
			}
		}
		if got := strings.Join(lines, " "); got != test.errors {
			t.Errorf("%s\nerrors in lines %q, want %q: %v", test.src, got, test.errors, err)
		}
	}
}

func TestContract5_DeepTypes(t *testing.T) {
	for _, part := range []string{"*", "[]", "[2]", "chan ", "map[int]", "func() ", "struct{ x ", "interface{ m() "} {
		for n, fits := range map[int]bool{100: true, 5000: false} {
			src := "var x " + strings.Repeat(part, n) + "int" + strings.Repeat("}", n*strings.Count(part, "{"))
			if _, err := open(t).check(src); (err == nil) != fits || err != nil && !strings.Contains(err.Error(), "nested too deeply") {
				t.Errorf("%d times %s: %v", n, part, err)
			}
		}
	}
}

// A type of an earlier cell is refused with the cell that closes the cycle.
func TestContract5_AnonymousCycleOverCells(t *testing.T) {
	nb := open(t)
	nb.run("type I interface { m() }\ntype J interface { m() interface { I } }")
	if _, err := nb.check("type I interface { m() interface { J } }"); err == nil {
		t.Error("it was accepted")
	}
	nb.run("type I interface { m() J }")
}
