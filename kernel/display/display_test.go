package display_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"math/big"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
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
			fmt.Fprintf(b, "%s: %T %s\n", m, v, v)
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

func TestFunctions(t *testing.T) {
	var r recorder
	functions := display.Bind(r.emit)
	var file bytes.Buffer
	if err := png.Encode(&file, picture()); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		function string
		args     []any
	}{
		{"Show", []any{1, "two", point{3, 4}, nil}},
		{"Text", []any{"a\xffb"}},
		{"HTML", []any{"<h1>Title</h1><script>x()</script><p>1 &lt; 2<br>x</p><!-- c --><table><tr><td>a</td><td>b</td></tr></table>"}},
		{"Markdown", []any{"# x"}},
		{"Latex", []any{"$x$"}},
		{"Mermaid", []any{"graph LR; a-->b"}},
		{"SVG", []any{"<svg/>"}},
		{"PNG", []any{file.Bytes()}},
		{"PNG", []any{[]byte("nothing")}},
		{"JPEG", []any{file.Bytes()}},
		{"GIF", []any{[]byte(nil)}},
		{"Image", []any{picture()}},
		{"Image", []any{nil}},
		{"JSON", []any{map[string]any{"a": []int{1}, "b": nil}}},
		{"JSON", []any{make(chan int)}},
		{"Table", []any{[]person{{"Ann & Bo", 30, true, time.Second}, {"C", 7, false, 0}}}},
		{"Table", []any{[]map[string]any{{"a": 1, "b": "x"}, {"c": nil, "a": 20}}}},
		{"Table", []any{[][]string{{"a", "b"}, {"c"}, {}}}},
		{"Table", []any{map[string]int{"x": 1, "y": 20}}},
		{"Table", []any{map[string]point{"p": {1, 2}, "q": {3, 4}}}},
		{"Table", []any{[]string{"x", "y"}}},
		{"Table", []any{[]any{point{1, 2}, &point{3, 4}}}},
		{"Table", []any{[]any{1, point{3, 4}, nil}}},
		{"Table", []any{[]point{}}},
		{"Table", []any{42}},
		{"Table", []any{nil}},
		{"Clear", []any{true}},
	}
	var b strings.Builder
	for _, tt := range tests {
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
	bar := call(display.Bind(r.emit), "Progress", "", 100_000)[0].Interface().(*display.Bar)
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
	call(display.Bind(r.emit), "Table", make([]point, 1000))
	text := r.events[0].(session.Display).Bundle.Data["text/plain"].(string)
	if !strings.HasSuffix(text, "… 800 more rows") || strings.Count(text, "\n") != 202 {
		t.Errorf("the table is %d lines and ends %q", strings.Count(text, "\n"), text[len(text)-30:])
	}
}

// TestDeclare compares the package that go/types sees with the one that runs.
func TestDeclare(t *testing.T) {
	fset := token.NewFileSet()
	pkg, err := display.Declare(fset, stdlib.NewImporter(fset))
	if err != nil {
		t.Fatal(err)
	}
	if pkg.Path() != display.Path || pkg.Name() != "display" {
		t.Errorf("the package is %v", pkg)
	}
	functions, nativeTypes := display.Bind(func(session.Event) {}), display.Types()
	count := 0
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		count++
		if display.Doc(name) == "" {
			t.Errorf("%s has no documentation", name)
		}
		switch obj := obj.(type) {
		case *types.Func:
			f, ok := functions[name]
			if !ok {
				t.Errorf("%s is declared and not bound", name)
				continue
			}
			if got, want := signature(obj.Signature()), f.Type().String(); got != want {
				t.Errorf("%s is declared as %s and bound as %s", name, got, want)
			}
		case *types.TypeName:
			native, ok := nativeTypes[name]
			if !ok {
				t.Errorf("type %s is declared and not there", name)
				continue
			}
			methods := types.NewMethodSet(types.NewPointer(obj.Type()))
			pointer := reflect.PointerTo(native)
			n := 0
			for i := range methods.Len() {
				m := methods.At(i).Obj().(*types.Func)
				if !m.Exported() {
					t.Errorf("%s.%s is declared", name, m.Name())
					continue
				}
				n++
				if got, want := signature(m.Signature()), reflect.Zero(pointer).MethodByName(m.Name()).Type().String(); got != want {
					t.Errorf("%s.%s is declared as %s and is %s", name, m.Name(), got, want)
				}
				if display.Doc(name+"."+m.Name()) == "" {
					t.Errorf("%s.%s has no documentation", name, m.Name())
				}
			}
			if n != pointer.NumMethod() {
				t.Errorf("%s has %d methods, want %d", name, n, pointer.NumMethod())
			}
			if got, want := types.SizesFor("gc", "amd64").Sizeof(obj.Type()), int64(native.Size()); got != want && reflect.TypeFor[uintptr]().Size() == 8 {
				t.Errorf("%s is declared with %d bytes and has %d", name, got, want)
			}
		}
	}
	if want := len(functions) + len(nativeTypes); count != want {
		t.Errorf("%d names are declared, want %d", count, want)
	}
}

// signature writes a signature as package reflect does.
func signature(s *types.Signature) string {
	qualifier := func(p *types.Package) string { return p.Name() }
	var in []string
	for i := range s.Params().Len() {
		p := types.TypeString(s.Params().At(i).Type(), qualifier)
		if s.Variadic() && i == s.Params().Len()-1 {
			p = "..." + strings.TrimPrefix(p, "[]")
		}
		in = append(in, p)
	}
	text := "func(" + strings.Join(in, ", ") + ")"
	if s.Results().Len() == 1 {
		text += " " + types.TypeString(s.Results().At(0).Type(), qualifier)
	}
	return strings.NewReplacer("any", "interface {}", "[]byte", "[]uint8").Replace(text)
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
