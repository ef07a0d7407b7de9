package runtimeerror_test

import (
	"testing"

	"github.com/gosched/gosched/kernel/runtimeerror"
)

// What is out of range is so in Go's words: that of Go itself for the same.
func TestBounds(t *testing.T) {
	s, array, text := make([]int, 3, 4), &[3]int{}, "abc"
	two, three, four, five, minus := 2, 3, 4, 5, -1
	huge := uint(1 << 63)
	bits := func(u uint) int { return int(u) }
	slice := func(l, h, m int, given, unsigned string, array bool) func() {
		of := func(names string) (set [3]bool) {
			for _, c := range names {
				set[c-'0'] = true
			}
			return set
		}
		capacity := 4
		if array {
			capacity = 3
		}
		return func() { runtimeerror.Slice([3]int{l, h, m}, of(given), of(unsigned), 3, capacity, array) }
	}
	for name, test := range map[string]struct{ got, want func() }{
		"*nil":        {func() { panic(runtimeerror.NilDereference()) }, func() { var p *int; *p = 0 }},
		"s[3]":        {func() { runtimeerror.Index(3, 3, false) }, func() { _ = s[three] }},
		"s[-1]":       {func() { runtimeerror.Index(-1, 3, false) }, func() { _ = s[minus] }},
		"s[huge]":     {func() { runtimeerror.Index(bits(huge), 3, true) }, func() { _ = s[huge] }},
		"s[1:5]":      {slice(1, 5, 4, "01", "", false), func() { _ = s[1:five] }},
		"s[3:2]":      {slice(3, 2, 4, "01", "", false), func() { _ = s[three:2] }},
		"s[5:]":       {slice(5, 3, 4, "0", "", false), func() { _ = s[five:] }},
		"s[-1:]":      {slice(-1, 3, 4, "0", "", false), func() { _ = s[minus:] }},
		"s[huge:]":    {slice(bits(huge), 3, 4, "0", "0", false), func() { _ = s[huge:] }},
		"s[huge:3]":   {slice(bits(huge), 3, 4, "01", "0", false), func() { _ = s[huge:three] }},
		"s[:-1]":      {slice(0, -1, 4, "1", "", false), func() { _ = s[:minus] }},
		"s[:huge]":    {slice(0, bits(huge), 4, "1", "1", false), func() { _ = s[:huge] }},
		"s[0:2:5]":    {slice(0, 2, 5, "012", "", false), func() { _ = s[0:2:five] }},
		"s[0:2:-1]":   {slice(0, 2, -1, "012", "", false), func() { _ = s[0:2:minus] }},
		"s[0:2:huge]": {slice(0, 2, bits(huge), "012", "2", false), func() { _ = s[0:2:huge] }},
		"s[0:3:2]":    {slice(0, 3, 2, "012", "", false), func() { _ = s[0:three:two] }},
		"s[0:huge:2]": {slice(0, bits(huge), 2, "012", "1", false), func() { _ = s[0:huge:two] }},
		"s[2:1:4]":    {slice(2, 1, 4, "012", "", false), func() { _ = s[two:1:4] }},
		"s[huge:1:4]": {slice(bits(huge), 1, 4, "012", "0", false), func() { _ = s[huge:1:4] }},
		"a[:4]":       {slice(0, 4, 3, "1", "", true), func() { _ = array[:four] }},
		"a[:huge]":    {slice(0, bits(huge), 3, "1", "1", true), func() { _ = array[:huge] }},
		"a[2:1]":      {slice(2, 1, 3, "01", "", true), func() { _ = array[two:1] }},
		"a[0:1:4]":    {slice(0, 1, 4, "012", "", true), func() { _ = array[0:1:four] }},
		"a[0:1:-1]":   {slice(0, 1, -1, "012", "", true), func() { _ = array[0:1:minus] }},
		"a[0:1:huge]": {slice(0, 1, bits(huge), "012", "2", true), func() { _ = array[0:1:huge] }},
		"a[4:]":       {slice(4, 3, 3, "0", "", true), func() { _ = array[four:] }},
		"t[:-1]":      {slice(0, -1, 3, "1", "", true), func() { _ = text[:minus] }},
		"t[0:4]":      {slice(0, 4, 3, "01", "", true), func() { _ = text[0:four] }},
		"t[4:]":       {slice(4, 3, 3, "0", "", true), func() { _ = text[four:] }},
		"t[huge:]":    {slice(bits(huge), 3, 3, "0", "0", true), func() { _ = text[huge:] }},
		"t[huge:3]":   {slice(bits(huge), 3, 3, "01", "0", true), func() { _ = text[huge:three] }},
	} {
		got, want := caught(test.got), caught(test.want)
		if got == nil || want == nil || got.Error() != want.Error() {
			t.Errorf("%s: it says %v, Go says %v", name, got, want)
		}
	}
}
