package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// Cells that show values as gophernotes has it, and cells that mean something else.
func TestGophernotesDisplay(t *testing.T) {
	nb := open(t)
	for _, test := range []struct{ src, want string }{
		{"Display(3)", "text/plain=3"},
		{"{\n\tDisplay(display.Markdown(\"* a\"))\n\tDisplay(display.Math(`x`))\n}", "text/markdown=* a; text/latex=$$x$$"},
		{"func shows(s string) { Display(display.HTML(\"<i>\" + s + \"</i>\")) }\nshows(\"a\")", "text/html=<i>a</i>"},
		{"Display(display.HTML(\"<i>x</i>\"))", "text/html=<i>x</i>"},
		{"func() {\n\tDisplay := func(n int) {}\n\tDisplay(1)\n}()", ""},
		{"func f(Display func(int)) { Display(1) }\nf(func(n int) {})", ""},
		{"func Display(n int) { fmt.Print(n) }\nDisplay(4)", "stdout=4"},
		{"Display(5)", "stdout=5"},
	} {
		tr, r := nb.exec(test.src)
		if r.Failure != nil {
			t.Errorf("%s\n%s", test.src, strings.Join(r.Failure.Traceback, "\n"))
			continue
		}
		var got []string
		for _, ev := range tr.events {
			switch ev := ev.(type) {
			case session.Stream:
				got = append(got, "stdout="+ev.Text)
			case session.Display:
				for _, mime := range []string{"text/markdown", "text/latex", "text/html", "text/plain"} {
					if s, ok := ev.Bundle.Data[mime]; ok {
						got = append(got, mime+"="+fmt.Sprint(s))
						break
					}
				}
			}
		}
		if s := strings.Join(got, "; "); s != test.want {
			t.Errorf("%s\nshows %q, want %q", test.src, s, test.want)
		}
	}
}
