package registry

import (
	"expvar"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// panicOf is what f panics with, as text.
func panicOf(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

func run(origin string, number int) Owner { return Owner{origin, number, new(int)} }

func says(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
}

func ask(mux *http.ServeMux) string {
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	return w.Body.String()
}

func TestHandle(t *testing.T) {
	var r Registry
	mux := http.NewServeMux()
	first := run("a", 1)
	r.Handle(first, mux, "/x", says("one"))
	if got := panicOf(func() { r.Handle(first, mux, "/x", says("two")) }); !strings.Contains(got, "conflicts with pattern") {
		t.Errorf("twice in one run: %q", got)
	}
	r.Handle(run("a", 2), mux, "/x", says("three"))
	if got := ask(mux); got != "three" {
		t.Errorf("run again: %q", got)
	}
	want := `HTTP pattern "/x" is registered by cell 2 already, and cell 3 registers it again: give one of them another name`
	if got := panicOf(func() { r.Handle(run("b", 3), mux, "/x", says("four")) }); got != want {
		t.Errorf("another cell: %q", got)
	}
	h, pattern := Handler(mux, httptest.NewRequest("GET", "/x", nil))
	if _, ours := h.(*handler); ours || pattern != "/x" {
		t.Errorf("the handler is %T for %q", h, pattern)
	}
	// Another mux has names of its own.
	r.Handle(run("b", 4), http.NewServeMux(), "/x", says("five"))
	if got := panicOf(func() { r.Handle(run("b", 5), mux, "/y", nil) }); !strings.Contains(got, "nil handler") {
		t.Errorf("no handler: %q", got)
	}
	r.HandleFunc(run("a", 6), mux, "/x", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "six") })
	if got := ask(mux); got != "six" {
		t.Errorf("a function: %q", got)
	}
	if got := panicOf(func() { r.HandleFunc(run("b", 7), mux, "/y", nil) }); !strings.Contains(got, "nil handler") {
		t.Errorf("no function: %q", got)
	}
}

// What the package has from elsewhere is its own affair.
func TestNameOfTheProcess(t *testing.T) {
	var r Registry
	mux := http.NewServeMux()
	mux.Handle("/x", says("native"))
	for range 2 {
		if got := panicOf(func() { r.Handle(run("a", 1), mux, "/x", says("cell")) }); !strings.Contains(got, "conflicts") {
			t.Errorf("panic %q", got)
		}
	}
}

func TestFlag(t *testing.T) {
	var r Registry
	set := flag.NewFlagSet("test", flag.ContinueOnError)
	define := func(o Owner, value int) string {
		return panicOf(func() {
			r.Flag(o, set, "n")
			set.Int("n", value, "")
		})
	}
	set.SetOutput(new(strings.Builder)) // for what a panic prints
	first := run("a", 1)
	if got := define(first, 1); got != "" {
		t.Fatal(got)
	}
	if got := define(first, 2); !strings.Contains(got, "flag redefined: n") {
		t.Errorf("twice in one run: %q", got)
	}
	if err := set.Parse([]string{"-n=7"}); err != nil {
		t.Fatal(err)
	}
	if got := define(run("a", 2), 3); got != "" || set.Lookup("n").Value.String() != "3" {
		t.Errorf("run again: %q, %v", got, set.Lookup("n").Value)
	}
	if got := define(run("b", 3), 4); !strings.Contains(got, "by cell 2 already") {
		t.Errorf("another cell: %q", got)
	}
	// A set that was made anew has nothing of what it had.
	*set = *flag.NewFlagSet("anew", flag.ContinueOnError)
	if got := define(run("b", 4), 5); got != "" {
		t.Errorf("in a set made anew: %q", got)
	}
}

func TestPublish(t *testing.T) {
	var r Registry
	r.NewInt(run("a", 1), "registry-test").Set(5)
	again := r.NewInt(run("a", 2), "registry-test")
	if got := expvar.Get("registry-test").String(); got != "0" {
		t.Errorf("published is %s", got)
	}
	if Published("registry-test") != expvar.Var(again) {
		t.Error("what is published is not what was made")
	}
	found := false
	EachPublished(func(kv expvar.KeyValue) { found = found || kv.Value == expvar.Var(again) })
	if !found {
		t.Error("it is not among all that is published")
	}
	for number := range 2 { // of all kinds
		o := run("c", number)
		r.NewFloat(o, "registry-test-float").Set(1.5)
		r.NewString(o, "registry-test-string").Set("text")
		r.NewMap(o, "registry-test-map").Add("n", 2)
	}
	for name, want := range map[string]string{"float": "1.5", "string": `"text"`, "map": `{"n": 2}`} {
		if got := expvar.Get("registry-test-" + name).String(); got != want {
			t.Errorf("the %s is %s, want %s", name, got, want)
		}
	}
	if Published("registry-test-none") != nil {
		t.Error("nothing is published there")
	}
}
