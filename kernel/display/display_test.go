package display_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"math/big"
	"net/http"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/facade/facadetest"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

var update = flag.Bool("update", false, "write the golden files")

type (
	point  struct{ X, Y int }
	named  struct{ Name string }
	person struct {
		Name   string
		Age    int
		secret bool
		At     time.Duration
	}
	node struct {
		Value int
		Next  *node
	}
	level    int
	rich     struct{ s string }
	bundled  struct{}
	broken   struct{}
	brokenEr struct{}
	badHTML  struct{}
	cyclic   map[string]any
)

func (l level) String() string  { return [...]string{"low", "high"}[l] }
func (r rich) HTML() string     { return "<b>" + r.s + "</b>" }
func (r rich) Markdown() string { return "**" + r.s + "**" }
func (r rich) SVG() string      { return "<svg/>" }
func (r rich) Latex() string    { return "$" + r.s + "$" }
func (broken) String() string   { panic("on purpose") }
func (brokenEr) Error() string  { panic(brokenEr{}) }
func (badHTML) HTML() string    { panic("on purpose") }
func (bundled) MimeBundle() map[string]any {
	return map[string]any{
		"text/plain": "plain", "image/png": []byte{1, 2}, "application/json": map[string]int{"a": 1},
		"bad": make(chan int), "text/html": "a\xffb",
	}
}

func picture() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	img.Set(1, 1, color.White)
	return img
}

func TestContract4_Of(t *testing.T) {
	var nilError error
	var nilPoint *point
	ring := &node{Value: 1}
	ring.Next = &node{Value: 2, Next: ring}
	self := cyclic{}
	self["self"] = self
	inside := []any{1, nil}
	inside[1] = inside
	full := make(chan int, 3)
	full <- 1
	var shared sync.Map
	shared.Store("k", 1)
	reader := strings.NewReader("hello, world")
	reader.Seek(7, io.SeekStart)
	buffered := bufio.NewReader(strings.NewReader("one\ntwo\n"))
	buffered.ReadString('\n')
	group := &errgroup.Group{}
	group.SetLimit(4)
	group.Go(func() error { return errors.New("no") })
	group.Wait()
	asked, _ := http.NewRequest("POST", "https://me:secret@example.com/a?b=c", strings.NewReader("abc"))
	asked.Header.Set("Accept", "text/plain")
	asked.Header.Set("Authorization", "Bearer secret")
	tests := []struct {
		name   string
		values []any
	}{
		{"nil", []any{nil}},
		{"nil error", []any{nilError}},
		{"nil pointer", []any{nilPoint}},
		{"int", []any{42}},
		{"byte", []any{byte(7)}},
		{"float", []any{1.5}},
		{"whole float", []any{1e6}},
		{"float32", []any{float32(0.1)}},
		{"complex", []any{1 + 2i}},
		{"bool", []any{true}},
		{"string", []any{"a \"b\"\n"}},
		{"invalid UTF-8", []any{"a\xffb"}},
		{"error", []any{errors.New("it broke\nbadly")}},
		{"stringer", []any{level(1)}},
		{"duration", []any{1500 * time.Millisecond}},
		{"big int", []any{new(big.Int).Exp(big.NewInt(2), big.NewInt(100), nil)}},
		{"struct", []any{point{1, 2}}},
		{"struct with string", []any{named{"x y"}}},
		{"pointer", []any{&point{1, 2}}},
		{"pointer to pointer", []any{[]*point{{1, 2}, nil}[0:2:2]}},
		{"unexported duration", []any{struct{ d time.Duration }{5}}},
		{"slice", []any{[]int{1, 2, 3}}},
		{"empty slice", []any{[]int{}}},
		{"nil slice", []any{[]int(nil)}},
		{"strings", []any{[]string{"a b", "c"}}},
		{"stringers", []any{[]level{0, 1}}},
		{"stringer out of range", []any{[]level{5}}},
		{"array", []any{[2]bool{true, false}}},
		{"map", []any{map[string]int{"b": 2, "a": 1, "c": 3}}},
		{"int keys", []any{map[int]string{10: "x", 9: "y"}}},
		{"mixed keys", []any{map[any]int{"b": 2, 1: 1, point{1, 2}: 3, nil: 0}}},
		{"any", []any{[]any{1, "a", nil, 2.5, point{1, 2}, map[string]any{"k": []int{1}}}}},
		{"func", []any{strings.ToUpper}},
		{"nil func", []any{(func())(nil)}},
		{"chan", []any{make(chan int)}},
		{"buffered chan", []any{full}},
		{"mutex", []any{&sync.Mutex{}}},
		{"counter", []any{struct {
			wg   sync.WaitGroup
			once sync.Once
		}{}}},
		{"sync map", []any{&shared}},
		{"time", []any{time.Date(2026, 11, 26, 10, 0, 0, 5, time.UTC)}},
		{"big number by value", []any{*big.NewInt(1 << 40)}},
		{"wrapped error", []any{fmt.Errorf("reading: %w", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist})}},
		{"joined errors", []any{errors.Join(errors.New("a"), fmt.Errorf("b: %w", io.EOF))}},
		{"errors of plain texts", []any{errors.Join(errors.New("a"), errors.New("b"))}},
		{"joined within", []any{fmt.Errorf("all: %w", errors.Join(errors.New("a\nb"), fmt.Errorf("c: %w", io.EOF), nilError, errors.Join(io.EOF, io.EOF)))}},
		{"several wrapped", []any{fmt.Errorf("%w and %w", io.EOF, &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist})}},
		{"long list", []any{make([]int, 5000)}},
		{"list of lists", []any{[2][]int{make([]int, 101), {1}}}},
		{"long string within", []any{[]string{strings.Repeat("é", 600), "b"}}},
		{"group", []any{group}},
		{"semaphore", []any{semaphore.NewWeighted(3)}},
		{"limiter", []any{rate.NewLimiter(2.5, 3)}},
		{"single flight", []any{&singleflight.Group{}}},
		{"condition", []any{sync.NewCond(&sync.Mutex{})}},
		{"request", []any{asked}},
		{"text bytes", []any{[]byte("{\n  \"a\": 1\n}")}},
		{"text bytes inside", []any{struct{ B []byte }{[]byte("hé")}}},
		{"JSON", []any{json.RawMessage(`{"a":1}`)}},
		{"reader", []any{reader}},
		{"buffer", []any{bytes.NewBufferString("abc")}},
		{"insides of a package", []any{bufio.NewWriter(io.Discard)}},
		{"buffered reader", []any{buffered}},
		{"small map of maps", []any{map[string]map[string]int{"a": {"b": 1}}}},
		{"long map", []any{map[string]string{"key": strings.Repeat("x", 90)}}},
		{"slice of maps", []any{[]map[string]any{{"a": 1}, {"b": []int{1, 2}}}}},
		{"nested struct", []any{&struct {
			Name string
			At   *point
			in   named
		}{"<n>", &point{1, 2}, named{"x"}}}},
		{"type", []any{reflect.TypeFor[map[string]point]()}},
		{"bytes", []any{[]byte("hello, \x00\xff world; this is more")}},
		{"long bytes", []any{make([]byte, 1000)}},
		{"bytes inside", []any{struct{ B []byte }{make([]byte, 20)}}},
		{"table", []any{[]person{{"Ann <1>", 30, true, time.Second}, {"Bo\nB", 7, false, 0}}}},
		{"pointer table", []any{[]*point{{1, 2}, nil, {3, 4}}}},
		{"hidden fields are no table", []any{[]rich{{"a"}}}},
		{"ring", []any{ring}},
		{"map in itself", []any{self}},
		{"slice in itself", []any{inside}},
		{"panicking String", []any{broken{}}},
		{"panicking Error", []any{brokenEr{}}},
		{"panicking HTML", []any{badHTML{}}},
		{"rich", []any{rich{"x"}}},
		{"bundle", []any{bundled{}}},
		{"template", []any{template.HTML("<i>x</i>")}},
		{"image", []any{picture()}},
		{"empty image", []any{image.NewRGBA(image.Rectangle{})}},
		{"tuple", []any{3, nilError}},
		{"tuple with error", []any{0, errors.New("no")}},
		{"rich tuple", []any{rich{"x"}, nilError}},
		{"two rich", []any{rich{"x"}, rich{"y"}}},
	}
	var b strings.Builder
	for _, tt := range tests {
		fmt.Fprintf(&b, "== %s\n", tt.name)
		dump(&b, display.Of(tt.values...))
	}
	golden(t, "testdata/of.golden", b.String())
}

func dump(b *strings.Builder, bundle session.Bundle) {
	var mimes []string
	for m := range bundle.Data {
		mimes = append(mimes, m)
	}
	sort.Strings(mimes)
	for _, m := range mimes {
		switch v := bundle.Data[m].(type) {
		case string:
			if m == "image/png" && len(v) > 20 {
				v = v[:20] + "…"
			}
			fmt.Fprintf(b, "%s: %s\n", m, v)
		default:
			// Since Go 1.27 json.RawMessage is another name of a type.
			kind := strings.Replace(fmt.Sprintf("%T", v), "jsontext.Value", "json.RawMessage", 1)
			fmt.Fprintf(b, "%s: %s %s\n", m, kind, v)
		}
	}
	if bundle.Metadata != nil {
		fmt.Fprintf(b, "metadata: %v\n", bundle.Metadata)
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("%s:%d: got %s\nwant %s", file, i+1, g[i], w[i])
			}
		}
		t.Fatalf("%s: %d lines, want %d", file, len(g), len(w))
	}
}

func TestBounds(t *testing.T) {
	big := map[int]string{}
	for i := range 20_000 {
		big[i] = "value"
	}
	type tree struct{ A, B *tree }
	deep := &tree{}
	for range 60 { // 2^60 paths
		deep = &tree{deep, deep}
	}
	var list *node
	for i := range 100_000 {
		list = &node{i, list}
	}
	rows := make([]person, 100_000)
	rows[0].Name = strings.Repeat("x", 1<<20)
	tests := map[string]any{
		"string":         strings.Repeat("a", 10<<20),
		"invalid string": strings.Repeat("\xff", 10<<20),
		"ints":           make([]int, 10_000_000),
		"strings":        slices.Repeat([]string{strings.Repeat("é", 100)}, 10_000),
		"map":            big,
		"tree":           deep,
		"list":           list,
		"bytes":          make([]byte, 10<<20),
		"error":          errors.New(strings.Repeat("é", 1<<20)),
		"table":          rows,
		"long keys":      map[[2]string]int{{strings.Repeat("x", 1<<20), "a"}: 1, {strings.Repeat("x", 1<<20), "b"}: 2},
	}
	for name, v := range tests {
		start := time.Now()
		b := display.Of(v)
		for mime, data := range b.Data {
			if n := len(data.(string)); n > 100<<10 {
				t.Errorf("%s: %d bytes of %s", name, n, mime)
			}
		}
		if text := b.Data["text/plain"].(string); !strings.Contains(text, "…") {
			t.Errorf("%s: nothing says that it is cut: %.60s", name, text)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

// recorder collects what the functions of the package emit.
type recorder struct {
	mu     sync.Mutex
	events []session.Event
	ids    map[string]string
}

func (r *recorder) emit(e session.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// dump writes the events with display ids counted.
func (r *recorder) dump(b *strings.Builder) {
	for _, e := range r.events {
		switch e := e.(type) {
		case session.Display:
			if e.ID != "" && r.ids[e.ID] == "" {
				if r.ids == nil {
					r.ids = map[string]string{}
				}
				r.ids[e.ID] = fmt.Sprint("id", len(r.ids)+1)
			}
			fmt.Fprintf(b, "-- display %s update=%v\n", r.ids[e.ID], e.Update)
			dump(b, e.Bundle)
		case session.Clear:
			fmt.Fprintf(b, "-- clear wait=%v\n", e.Wait)
		case session.Stream:
			fmt.Fprintf(b, "-- %s: %s", e.Name, e.Text)
		}
	}
	r.events = nil
}

func bind(emit func(session.Event)) map[string]reflect.Value {
	return display.Bind(display.Environment{
		Emitter: func() func(session.Event) { return emit },
		Receive: func(ch <-chan float64, each func(float64)) {
			go func() {
				for v := range ch {
					each(v)
				}
			}()
		},
	})
}

func call(functions map[string]reflect.Value, name string, args ...any) []reflect.Value {
	f := functions[name]
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		switch {
		case a != nil:
			in[i] = reflect.ValueOf(a)
		case f.Type().IsVariadic():
			in[i] = reflect.Zero(f.Type().In(0).Elem())
		default:
			in[i] = reflect.Zero(f.Type().In(i))
		}
	}
	return f.Call(in)
}

// A shown is a call of a function that shows something.
type shown struct {
	function string
	args     []any
}

// allShown are calls of each function that shows one thing, right and wrong.
func allShown(t *testing.T) []shown {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, picture()); err != nil {
		t.Fatal(err)
	}
	return []shown{
		{"Show", []any{1, "two", point{3, 4}, nil}},
		{"Text", []any{"a\xffb"}},
		{"HTML", []any{"<h1>Title</h1><script>x()</script><p>1 &lt; 2<br>x</p><!-- c --><table><tr><td>a</td><td>b</td></tr></table>"}},
		{"Markdown", []any{"# x"}},
		{"Latex", []any{"$x$"}},
		{"Math", []any{"x^2"}},
		{"Mermaid", []any{"graph LR; a-->b"}},
		{"SVG", []any{"<svg/>"}},
		{"PNG", []any{file.Bytes()}},
		{"PNG", []any{[]byte("nothing")}},
		{"JPEG", []any{file.Bytes()}},
		{"GIF", []any{[]byte(nil)}},
		{"Image", []any{picture()}},
		{"Image", []any{nil}},
		{"PDF", []any{[]byte("%PDF-1.4")}},
		{"PDF", []any{[]byte("nothing")}},
		{"MIME", []any{map[string]any{"text/html": "<b>x</b>", "image/png": []byte{1, 2}, "application/json": point{1, 2}}, map[string]any{"a": 1}}},
		{"MIME", []any{map[string]any{}, map[string]any(nil)}},
		{"MIME", []any{map[string]any{"html": "x"}, map[string]any(nil)}},
		{"Any", []any{"text/markdown", "*x*"}},
		{"Any", []any{"text/plain", 7}},
		{"Any", []any{"", point{3, 4}}},
		{"Any", []any{"application/json", make(chan int)}},
		{"File", []any{"text/plain", "testdata/plain.txt"}},
		{"File", []any{"", "testdata/plain.txt"}},
		{"File", []any{"", "testdata/none"}},
		{"JSON", []any{map[string]any{"a": []int{1}, "b": nil}}},
		{"JSON", []any{make(chan int)}},
		{"Table", []any{[]person{{"Ann & Bo", 30, true, time.Second}, {"C", 7, false, 0}}}},
		{"Table", []any{[]map[string]any{{"a": 1, "b": "x"}, {"c": nil, "a": 20}}}},
		{"Table", []any{[][]string{{"a", "b"}, {"c"}, {}}}},
		{"Table", []any{map[string]int{"x": 1, "y": 20}}},
		{"Table", []any{map[string]point{"p": {1, 2}, "q": {3, 4}}}},
		{"Table", []any{[]string{"x", "y"}}},
		{"Table", []any{[][]string{{"日本", "1"}, {"e\u0301a", "22"}, {"🎉", "3"}}}},
		{"JavaScript", []any{"alert(1)"}},
		{"Audio", []any{[]byte("no sound")}},
		{"Sound", []any{[]float64{0, 1, -2}, 8000}},
		{"Sound", []any{[]float64{}, 8000}},
		{"Video", []any{[]byte("\x1aE\xdf\xa3webm")}},
		{"Table", []any{[]any{point{1, 2}, &point{3, 4}}}},
		{"Table", []any{[]any{1, point{3, 4}, nil}}},
		{"Table", []any{[]point{}}},
		{"Table", []any{42}},
		{"Table", []any{nil}},
		{"Clear", []any{true}},
	}
}

func TestFunctions(t *testing.T) {
	var r recorder
	functions := bind(r.emit)
	var b strings.Builder
	for _, tt := range allShown(t) {
		fmt.Fprintf(&b, "== %s\n", tt.function)
		call(functions, tt.function, tt.args...)
		r.dump(&b)
	}
	fmt.Fprintf(&b, "== Live\n")
	h := call(functions, "Live", point{1, 2})[0].Interface().(*display.Handle)
	h.Update(point{3, 4})
	h.Text("text")
	h.HTML("<b>html</b>")
	h.Markdown("**md**")
	h.Mermaid("graph LR; a-->b")
	h.SVG("<svg/>")
	h.Image(picture())
	h.Image(nil)
	h.Table([]point{{5, 6}})
	r.dump(&b)
	fmt.Fprintf(&b, "== Progress\n")
	bar := call(functions, "Progress", "fetch <x>", 4)[0].Interface().(*display.Bar)
	bar.Add(1)
	bar.Set(2)
	bar.Label("more")
	bar.Set(-5)
	bar.Add(100)
	bar.Done()
	r.dump(&b)
	golden(t, "testdata/functions.golden", b.String())
}

func TestProgressIsNotAFlood(t *testing.T) {
	var r recorder
	bar := call(bind(r.emit), "Progress", "", 100_000)[0].Interface().(*display.Bar)
	var wg sync.WaitGroup
	start := time.Now()
	for range 10 {
		wg.Go(func() {
			for range 10_000 {
				bar.Add(1)
			}
		})
	}
	wg.Wait()
	most := 102 + int(time.Since(start)/(100*time.Millisecond))
	if n := len(r.events); n < 100 || n > most {
		t.Errorf("%d events, want 101 to %d", n, most)
	}
	last := r.events[len(r.events)-1].(session.Display).Bundle.Data["text/plain"].(string)
	if !strings.Contains(last, "100 % (100000/100000)") {
		t.Errorf("the last is %s", last)
	}
}

func TestTableIsCut(t *testing.T) {
	var r recorder
	call(bind(r.emit), "Table", make([]point, 3000))
	text := r.events[0].(session.Display).Bundle.Data["text/plain"].(string)
	if !strings.HasSuffix(text, "… 2800 more rows") || strings.Count(text, "\n") != 202 {
		t.Errorf("the table is %d lines and ends %q", strings.Count(text, "\n"), text[len(text)-30:])
	}
	html := r.events[0].(session.Display).Bundle.Data["text/html"].(string)
	for _, want := range []string{"<summary style=\"cursor:pointer\">rows 200 to 399</summary>", "more rows</p>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestDeclare compares the package that go/types sees with the one that runs.
func TestDeclare(t *testing.T) {
	facadetest.Run(t, display.Package(), bind(func(session.Event) {}), func(fset *token.FileSet) types.Importer {
		return stdlib.NewImporter(fset)
	})
}

func BenchmarkOf(b *testing.B) {
	for name, v := range map[string]any{"int": 1, "struct": point{1, 2}, "map": map[string]int{"a": 1, "b": 2}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				display.Of(v)
			}
		})
	}
}

// TestHandleHasAll: what can be shown can also be replaced.
func TestHandleHasAll(t *testing.T) {
	handle := reflect.TypeFor[*display.Handle]()
	others := []string{"Show", "Live", "Progress", "Clear", "NewChart"} // which do not show one content
	for name, f := range bind(func(session.Event) {}) {
		if slices.Contains(others, name) {
			continue
		}
		m, ok := reflect.Zero(handle).Type().MethodByName(name)
		if !ok {
			t.Errorf("display.%s has no counterpart in Handle", name)
		} else if got := reflect.Zero(handle).Method(m.Index).Type(); got != f.Type() {
			t.Errorf("Handle.%s is %v, want %v", name, got, f.Type())
		}
	}
}

// TestHandleShowsTheSame: what a place is filled with is what the function of that name
// shows, or says is wrong.
func TestHandleShowsTheSame(t *testing.T) {
	var r recorder
	functions := bind(r.emit)
	handle := call(functions, "Live", "")[0]
	r.events = nil
	calls := append(allShown(t), shown{"Line", []any{[]int{1, 2}, []int{3, 4}}}, shown{"Scatter", []any{[]int{1, 2}, []int{3, 4}}},
		shown{"Bars", []any{[]string{"a", "b"}, []int{3, 4}}}, shown{"Histogram", []any{[]int{3, 4, 4}}}, shown{"Box", []any{[]int{3, 4, 4}}},
		shown{"HeatMap", []any{[][]int{{1, 2}, {3, 4}}}}, shown{"HeatMap", []any{[]int{1}}})
	for _, tt := range calls {
		method := handle.MethodByName(tt.function)
		if !method.IsValid() {
			continue // Show and Clear
		}
		call(functions, tt.function, tt.args...)
		call(map[string]reflect.Value{tt.function: method}, tt.function, tt.args...)
		var forms []string
		for i, e := range r.events {
			switch e := e.(type) {
			case session.Display:
				if e.Update != (i == 1) {
					t.Errorf("%s: event %d replaces: %t", tt.function, i, e.Update)
				}
				forms = append(forms, fmt.Sprint(slices.Sorted(maps.Keys(e.Bundle.Data)), e.Bundle.Data["text/plain"], e.Bundle.Metadata))
			case session.Stream:
				forms = append(forms, e.Text)
			}
		}
		if len(forms) != 2 || forms[0] != forms[1] {
			t.Errorf("%s%v and the handle's: %q", tt.function, tt.args, forms)
		}
		r.events = nil
	}
}

func TestMalformedSVG(t *testing.T) {
	for _, tt := range []struct{ svg, want string }{
		{"<svg width=60></svg>", `display.SVG: this is not well-formed XML: line 1: unquoted or missing attribute value in element; SVG takes every attribute with a value in quotes, as in width="60"`},
		{"<svg>\n<g></svg>", "display.SVG: this is not well-formed XML: line 2: element <g> closed by </svg>; elements end in the opposite order of their beginnings, and empty ones with />"},
		{"<svg>", "display.SVG: this is not well-formed XML: line 1: unexpected EOF; an element has no end, which is </name>, or /> for an empty one"},
		{"<p>x</p>", "display.SVG: its outermost element is <p>, not <svg>"},
		{"picture", "display.SVG: there is no <svg> element in it"},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><svg/>`, ""},
	} {
		var r recorder
		call(bind(r.emit), "SVG", tt.svg)
		got := ""
		if s, ok := r.events[0].(session.Stream); ok {
			got = strings.TrimSuffix(s.Text, "\n")
		}
		if got != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.svg, got, tt.want)
		}
	}
}
