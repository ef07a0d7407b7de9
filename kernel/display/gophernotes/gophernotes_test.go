package gophernotes

import (
	"go/token"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
)

func TestRewrite(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`Display(1)`, `display.Show(1)`},
		{`Display(display.HTML("<b>"))`, `       (display.HTML("<b>"))`},
		{`Display(display.NewChart())`, `display.Show(display.NewChart())`},
		{`Display(other.HTML("x"))`, `display.Show(other.HTML("x"))`},
		{`Display(f(Display(1)))`, `display.Show(f(display.Show(1)))`},
		{"for i := range 2 { Display(i) }\nfunc f() { Display(3) }", "for i := range 2 { display.Show(i) }\nfunc f() { display.Show(3) }"},
		// What is left alone.
		{`print(1)`, ""},
		{`// Display(1)`, ""},
		{`Display(1, 2)`, ""},
		{"func Display(x any) {}\nDisplay(1)", ""},
		{"type Display(int)\nDisplay(1)", ""},
		{"var Display func(int)\nDisplay(1)", ""},
		{"Display := f\nDisplay(1)", ""},
		{"func f(Display func(int)) { Display(1) }", ""},
	} {
		parsed, err := cell.Parse(token.NewFileSet(), "cell", []byte(c.src))
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		if got := string(Rewrite(parsed, func(string) bool { return false })); got != c.want {
			t.Errorf("of %q comes %q, want %q", c.src, got, c.want)
		}
		if got := Rewrite(parsed, func(name string) bool { return name == "Display" }); got != nil {
			t.Errorf("where Display is known %q becomes %q", c.src, got)
		}
	}
}
