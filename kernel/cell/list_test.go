package cell_test

import (
	"go/token"
	"go/types"
	"slices"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
)

func TestContract4_ListOfValues(t *testing.T) {
	tests := []struct {
		src  string
		want []string // nil: a syntax error
	}{
		{"x", []string{"x"}},
		{"x, err", []string{"x", "err"}},
		{"x := 1\nx, f(1, 2), []int{3, 4}[0], <-ch", []string{"x", "f(1, 2)", "[]int{…}[0]", "<-ch"}},
		{"(a), -b, \"c\" // all of them\n", []string{"(a)", "-b", `"c"`}},
		{"func() int { return 1 }(), map[string]int{}, 1.5", []string{"(func() int literal)()", "map[string]int{}", "1.5"}},
		{"string(out),\n\terr", []string{"string(out)", "err"}},
		{"v.(T), s[1:2]", []string{"v.(T)", "s[1:2]"}},
		{"%goroutines\na, b", []string{"a", "b"}},
		{"a, b\nfunc f() {}", nil},
		{"a, b;", nil},
		{"a, b\nc", nil},
		{"a, b,", nil},
		{"ch <- a, b", nil},
		{"a++, b", nil},
		{"l: a, b", nil},
		{"if true {\n\ta, b\n}", nil},
		{"go f(), g()", nil},
		{"x, y := 1, 2", []string{}},
		{"x, y = y, x", []string{}},
		{"var x, y int", []string{}},
		{"for i, x := range y {\n}", []string{}},
	}
	for _, tt := range tests {
		c, err := cell.Parse(token.NewFileSet(), "cell", []byte(tt.src))
		if (err != nil) != (tt.want == nil) {
			t.Errorf("%q: %v", tt.src, err)
			continue
		}
		var got []string
		for _, x := range c.Shown {
			got = append(got, types.ExprString(x))
		}
		if err == nil && !slices.Equal(got, tt.want) {
			t.Errorf("%q shows %q, want %q", tt.src, got, tt.want)
		}
		if string(c.Source) != tt.src {
			t.Errorf("%q is now %q", tt.src, c.Source)
		}
	}
}
