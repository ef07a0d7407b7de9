package engine

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// page is the front end's side of the widgets of a session: a sink that keeps
// their states as a page would.
type page struct {
	mu     sync.Mutex
	text   strings.Builder
	states map[string]map[string]any
	open   []string // ids in the order in which they came
	closed map[string]bool
}

func newPage() *page {
	return &page{states: map[string]map[string]any{}, closed: map[string]bool{}}
}

func (p *page) Input(context.Context, string, bool) (string, error) { return "", nil }

func (p *page) Emit(ev session.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev := ev.(type) {
	case session.Stream:
		p.text.WriteString(ev.Text)
	case session.Comm:
		var d struct {
			State map[string]any `json:"state"`
		}
		_ = json.Unmarshal(ev.Data, &d)
		switch ev.Kind {
		case session.CommOpen:
			p.states[ev.ID] = d.State
			p.open = append(p.open, ev.ID)
		case session.CommMessage:
			for k, v := range d.State {
				p.states[ev.ID][k] = v
			}
		case session.CommClose:
			p.closed[ev.ID] = true
		}
	}
}

func (p *page) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// model is the id of the only model of this name.
func (p *page) model(t *testing.T, name string) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.open {
		if p.states[id]["_model_name"] == name {
			return id
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}

func (p *page) state(id, attribute string) any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.states[id][attribute]
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func onBothEngines(t *testing.T, f func(t *testing.T, e *Engine)) {
	for _, kind := range []Kind{Direct, Yaegi} {
		t.Run(string(kind), func(t *testing.T) {
			e, err := Open(Options{Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			f(t, e)
		})
	}
}

func tell(t *testing.T, e *Engine, id, data string) []session.Comm {
	t.Helper()
	answers, err := e.Comm(t.Context(), session.Comm{Kind: session.CommMessage, ID: id, Data: json.RawMessage(data), Parent: json.RawMessage(`{"msg_id":"m"}`)})
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

func runOn(t *testing.T, e *Engine, p *page, n int, src string) session.Result {
	t.Helper()
	r := e.Execute(t.Context(), session.Cell{ID: src, Number: n, Source: src}, p)
	if r.Failure != nil {
		t.Fatalf("%s\n%s", src, strings.Join(r.Failure.Traceback, "\n"))
	}
	return r
}

// A cell that waits for a widget is no deadlock, hears what people do while it
// runs, and changes what they see.
func TestWidgetsAreChannels(t *testing.T) {
	onBothEngines(t, func(t *testing.T, e *Engine) {
		p := newPage()
		runOn(t, e, p, 1, `s := widgets.NewIntSlider("n", 0, 10, 2)
b := widgets.NewButton("go")
s.Show()`)
		done := make(chan session.Result, 1)
		src := `for v := range s.Values() {
	fmt.Println("got", v, s.Value())
	if v == 7 {
		break
	}
}
<-b.Clicks()
fmt.Println("clicked")
s.Set(3)
s.Value()`
		go func() { done <- e.Execute(t.Context(), session.Cell{ID: "w", Number: 2, Source: src}, p) }()
		id := p.model(t, "IntSliderModel")
		time.Sleep(700 * time.Millisecond) // long enough for a false alarm
		tell(t, e, id, `{"method":"update","state":{"value":5},"buffer_paths":[]}`)
		until(t, "the first value", func() bool { return strings.Contains(p.printed(), "got 5 5") })
		tell(t, e, id, `{"method":"update","state":{"value":"nonsense"}}`)
		tell(t, e, id, `{"method":"update","state":{"value":7}}`)
		until(t, "the second value", func() bool { return strings.Contains(p.printed(), "got 7 7") })
		time.Sleep(100 * time.Millisecond)
		tell(t, e, p.model(t, "ButtonModel"), `{"method":"custom","content":{"event":"click"}}`)
		r := <-done
		if r.Failure != nil {
			t.Fatal(r.Failure.Traceback)
		}
		if !strings.Contains(p.printed(), "clicked") || r.Value.Data["text/plain"] != "3" {
			t.Errorf("printed %q, value %v", p.printed(), r.Value.Data)
		}
		until(t, "the slider at 3", func() bool { return p.state(id, "value") == 3.0 })
	})
}

func TestEveryWidget(t *testing.T) {
	skipUnlocked(t)
	onBothEngines(t, func(t *testing.T, e *Engine) {
		p := newPage()
		r := runOn(t, e, p, 1, `f := widgets.NewFloatSlider("f", 0, 1, 0.5)
n := widgets.NewNumber("n", 1.5)
x := widgets.NewText("t", "abc")
a := widgets.NewTextArea("a", "two\nlines")
c := widgets.NewCheckbox("c", true)
d := widgets.NewDropdown("d", "red", "green")
l := widgets.NewPlay(0, 100, 50*time.Millisecond)
g := widgets.NewProgress("p", 4)
h := widgets.NewLabel("hello")
o := widgets.NewOutput()
s := widgets.NewIntSlider("", 0, 100, 0)
widgets.Link(l, s)
g.Add(1)
fmt.Fprintln(o, "printed", 1)
o.Put([]int{1, 2})
h.Set("world")
d.Set("green")
box := widgets.VBox(widgets.HBox(f, n, x, a, c, d), l, s, g, h, o)
box`)
		text := r.Value.Data["text/plain"]
		want := `slider f: 0.5
number n: 1.5
text t: abc
text a: two
lines
checkbox c: true
list d: green
player: 0
slider: 0
p 1 of 4
world
printed 1
[1 2]`
		if text != want {
			t.Errorf("as text it is\n%s", text)
		}
		view, _ := r.Value.Data["application/vnd.jupyter.widget-view+json"].(json.RawMessage)
		if !strings.Contains(string(view), p.model(t, "VBoxModel")) {
			t.Errorf("the view is %s", view)
		}
		until(t, "the state of the list", func() bool { return p.state(p.model(t, "DropdownModel"), "index") == 1.0 })
		tell(t, e, p.model(t, "DropdownModel"), `{"method":"update","state":{"index":0}}`)
		r = runOn(t, e, p, 2, `d.Value(), f.Value(), n.Value(), x.Value(), c.Value(), l.Value()`)
		if got := r.Value.Data["text/plain"]; got != `"red", 0.5, 1.5, "abc", true, 0` {
			t.Errorf("values are %v", got)
		}
		r = runOn(t, e, p, 3, `ch := s.Values()
s.Close()
_, open := <-ch
open`)
		if r.Value.Data["text/plain"] != "false" {
			t.Error("the channel of a closed widget is open")
		}
		until(t, "the end of the slider", func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return len(p.closed) == 3 // it, its layout and its style
		})
	})
}

// A page that is loaded again asks for all states by one comm, or for each.
func TestStatesOfWidgets(t *testing.T) {
	onBothEngines(t, func(t *testing.T, e *Engine) {
		p := newPage()
		runOn(t, e, p, 1, `s := widgets.NewIntSlider("n", 0, 10, 2)`)
		id := p.model(t, "IntSliderModel")
		answers := tell(t, e, id, `{"method":"request_state"}`)
		if len(answers) != 1 || !strings.Contains(string(answers[0].Data), `"value":2`) {
			t.Errorf("answers %v", answers)
		}
		open := func(version string) []session.Comm {
			list, _ := e.Comm(t.Context(), session.Comm{Kind: session.CommOpen, ID: "c", Target: "jupyter.widget.control", Metadata: json.RawMessage(`{"version":"` + version + `"}`)})
			return list
		}
		if list := open("2.0.0"); len(list) != 1 || list[0].Kind != session.CommClose {
			t.Errorf("another version is answered %v", list)
		}
		if list := open("1.0.0"); len(list) != 0 {
			t.Errorf("answered %v", list)
		}
		answers = tell(t, e, "c", `{"method":"request_states"}`)
		if len(answers) != 1 || strings.Count(string(answers[0].Data), `"model_name"`) != 3 {
			t.Errorf("answers %v", answers)
		}
		if list := tell(t, e, "of an earlier session", `{"method":"update","state":{"value":1}}`); len(list) != 1 || list[0].Kind != session.CommClose {
			t.Errorf("a comm that is not there is answered %v", list)
		}
	})
}
