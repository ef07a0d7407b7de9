package cell_test

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
)

func TestContract16_IsComplete(t *testing.T) {
	tests := []struct{ src, status, indent string }{
		{"", "complete", ""},
		{"x := 1", "complete", ""},
		{"x := 1\n", "complete", ""},
		{"// comment", "complete", ""},
		{"%goroutines", "complete", ""},
		{"func f() {}", "complete", ""},
		{"func f() {", "incomplete", "\t"},
		{"func f() {\n\tif x {\n", "incomplete", "\t\t"},
		{"func f() {\n\tif x {\n\t}", "incomplete", "\t"},
		{"go func() {", "incomplete", "\t"},
		{"f(func() {", "incomplete", "\t"},
		{"f(\n\tfunc() {", "incomplete", "\t\t"},
		{"f(a,", "incomplete", "\t"},
		{"x := []int{1,", "incomplete", "\t"},
		{"import (", "incomplete", "\t"},
		{"x :=", "incomplete", "\t"},
		{"x := 1 +", "incomplete", "\t"},
		{"x.", "incomplete", "\t"},
		{"x,", "incomplete", ""},
		{"if x", "incomplete", ""},
		{"if x {\n} else", "incomplete", ""},
		{"for", "incomplete", ""},
		{"for i := range 10", "incomplete", ""},
		{"for i := 0; i < 3; i++", "incomplete", ""},
		{"for i := 0; i < 3", "incomplete", ""},
		{"func f() {\n\tfor i := 0; i < 3", "incomplete", "\t"},
		{"if x := f();", "incomplete", ""},
		{"switch x {", "incomplete", ""},
		{"switch x {\ncase 1:", "incomplete", "\t"},
		{"select {", "incomplete", ""},
		{"func f() {\n\tselect {", "incomplete", "\t"},
		{"loop:", "incomplete", ""},
		{"func f()", "incomplete", ""},
		{"type T", "incomplete", ""},
		{"type T struct {", "incomplete", "\t"},
		{"var x", "incomplete", ""},
		{"const", "incomplete", ""},
		{"s := `raw", "incomplete", ""},
		{"/* comment", "incomplete", ""},
		{"func f() {\n/* comment", "incomplete", ""},
		{"s := \"abc", "invalid", ""},
		{"x := := 1", "invalid", ""},
		{"x := := (", "invalid", ""},
		{"}", "invalid", ""},
		{"f(]", "invalid", ""},
		{"x y", "invalid", ""},
		{"x := 'ab'", "invalid", ""},
		{"case 1:", "invalid", ""},
		{"x := “a”", "invalid", ""},
	}
	for _, tt := range tests {
		got := cell.IsComplete(tt.src)
		if got.Status != tt.status || got.Indent != tt.indent {
			t.Errorf("%q: %s %q, want %s %q", tt.src, got.Status, got.Indent, tt.status, tt.indent)
		}
	}
}

// TestPrefixesAreIncomplete types a program token by token: no beginning of a
// right cell that stops at the end of a line may be called invalid.
func TestPrefixesAreIncomplete(t *testing.T) {
	const src = `import (
	"fmt"
)

type T struct {
	a int
	b []string
}

func (t T) F(
	x int,
	y ...string,
) (int, error) {
	for i := 0; i < x; i++ {
		select {
		case v := <-c:
			fmt.Println(v +
				1)
		default:
			switch y := any(t).(type) {
			case int, string:
				return y, nil
			}
		}
	}
	s := []T{
		{a: 1, b: nil},
		{},
	}
	return len(s), func() error {
		return nil
	}()
}
`
	for i := range src {
		if src[i] != '\n' {
			continue
		}
		if got := cell.IsComplete(src[:i]); got.Status == "invalid" {
			t.Errorf("%q is called invalid", src[:i])
		}
	}
	if got := cell.IsComplete(strings.TrimSpace(src)); got.Status != "complete" {
		t.Errorf("the whole is %s", got.Status)
	}
}
