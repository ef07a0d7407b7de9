package display_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/display"
)

// A value is unfolded step by step: a line for each part, with what it is and whether it
// has parts itself.
func TestParts(t *testing.T) {
	list := &node{1, &node{2, nil}}
	cyclic := &node{Value: 7}
	cyclic.Next = cyclic
	many := make([]int, 1000)
	for _, tt := range []struct {
		v    any
		path []int
		want string // "" if it has no parts
	}{
		{person{Name: "Ann", Age: 30}, nil, `Name string "Ann"; Age int 30; secret bool false; At time.Duration 0s`},
		{list, nil, "Value int 1; Next display_test.node {Value:2 Next:<nil>} …"},
		{list, []int{1}, "Value int 2; Next *display_test.node <nil>"},
		{list, []int{1, 1}, ""},
		{list, []int{2}, ""},
		{list, []int{-1}, ""},
		{cyclic, []int{1, 1, 1}, "Value int 7; Next display_test.node {Value:7 Next:&{Value:7 Next:…}} …"},
		{[]any{1, "x", nil}, nil, "0 int 1; 1 string \"x\"; 2 any <nil>"},
		{map[string][]int{"b": {2}, "a": nil}, nil, "\"a\" []int []; \"b\" []int [2] …"},
		{map[string][]int{"b": {2}, "a": nil}, []int{1}, "0 int 2"},
		{42, nil, ""},
		{nil, nil, ""},
	} {
		var lines []string
		for _, p := range display.Parts(tt.v, tt.path) {
			lines = append(lines, line(p))
		}
		if got := strings.Join(lines, "; "); got != tt.want {
			t.Errorf("%#v at %v: %s, want %s", tt.v, tt.path, got, tt.want)
		}
	}
	if n := len(display.Parts(many, nil)); n == 0 || n > 101 {
		t.Errorf("%d lines for a thousand parts", n)
	}
}

func line(p display.Part) string {
	text := fmt.Sprint(p.Name, " ", p.Type, " ", p.Text)
	if p.Unfolds {
		text += " …"
	}
	return text
}

func TestPartOf(t *testing.T) {
	var none chan int
	for _, tt := range []struct {
		v    any
		want string
	}{
		{make(chan int, 2), "x chan int (0 of 2)"},
		{none, "x chan int <nil>"},
		{fmt.Sprint, "x func(...any) string"},
		{strings.Repeat("a", 1000), "x string \"aaa"},
	} {
		if got := line(display.PartOf("x", tt.v)); !strings.HasPrefix(got, tt.want) || len(got) > 300 {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}
