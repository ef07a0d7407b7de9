package spelling

import (
	"slices"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"total", "Total", "title", "kill", "goroutines", "x", "xs", "Println", "Sprintf"}
	for name, want := range map[string][]string{
		"totl":      {"total"},
		"TOTAL":     {"Total", "total"},
		"toatl":     {"total"},
		"kil":       {"kill"},
		"gorutine":  {"goroutines"},
		"goroutine": {"goroutines"},
		"Printn":    {"Println"},
		"y":         nil,
		"entirely":  nil,
	} {
		if got := Nearest(name, known); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "did you mean %a?"},
		{[]string{"a", "b"}, "did you mean %a or %b?"},
		{[]string{"a", "b", "c", "d"}, "did you mean %a, %b or %c?"},
	} {
		if got := DidYouMean(test.names, "%"); got != test.want {
			t.Errorf("%v: %q, want %q", test.names, got, test.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"kitten", "sitting", 3}} {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("%q and %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
