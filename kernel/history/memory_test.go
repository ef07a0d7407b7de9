package history

import (
	"fmt"
	"strings"
	"testing"
)

// What is searched for without a file is found as SQLite's GLOB finds it.
func TestMemorySearch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		matches []string
		others  []string
	}{
		{"a", []string{"a"}, []string{"", "ab", "ba", "A"}},
		{"a*b", []string{"ab", "a\nb", "axxb"}, []string{"abc", "b"}},
		{"?", []string{"x", "ä"}, []string{"", "xy"}},
		{"a.b(c", []string{"a.b(c"}, []string{"axb(c"}},
		{"[a-c]x", []string{"ax", "cx"}, []string{"dx", "-x"}},
		{"[^a-c]x", []string{"dx"}, []string{"ax"}},
		{"[!a]x", []string{"!x", "bx"}, []string{"ax"}},
		{"[]]x", []string{"]x"}, []string{"[x"}},
		{"[a^]", []string{"a", "^"}, []string{"b"}},
		{`[\]`, []string{`\`}, []string{"]"}},
		{"f[", []string{"f["}, []string{"f"}},
		{"[z-a]", []string{"[z-a]"}, []string{"b"}},
		{"\xff", []string{"\uFFFD"}, nil},
	} {
		re := glob(c.pattern)
		for _, s := range c.matches {
			if !re.MatchString(s) {
				t.Errorf("%q does not match %q", c.pattern, s)
			}
		}
		for _, s := range c.others {
			if re.MatchString(s) {
				t.Errorf("%q matches %q", c.pattern, s)
			}
		}
	}
	if glob(strings.Repeat("[a-z]?", 200_000)).MatchString("") {
		t.Error("what is too long matches something")
	}
}

// Memory has bounds: the oldest cells are forgotten.
func TestMemoryForgets(t *testing.T) {
	var h memory
	for n := range maxHistory + 3 {
		h.add(n, fmt.Sprint(n))
	}
	if len(h.entries) != maxHistory || h.entries[0].Number != 3 {
		t.Errorf("%d entries, the first %d", len(h.entries), h.entries[0].Number)
	}
	h = memory{}
	half := strings.Repeat("x", maxHistoryBytes/2)
	h.add(1, half)
	h.setOutput(1, "small")
	h.add(2, "y")
	h.setOutput(2, half)
	if len(h.entries) != 1 || h.entries[0].Number != 2 || h.bytes != 1+len(half) {
		t.Errorf("%d entries with %d bytes", len(h.entries), h.bytes)
	}
	h.setOutput(1, "of a cell that is forgotten")
	if h.bytes != 1+len(half) {
		t.Errorf("%d bytes", h.bytes)
	}
}
