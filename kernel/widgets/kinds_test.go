package widgets

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// page is a front end that keeps what it is sent, and shows.
type page struct {
	hub *Hub
	fed int // channels of which the hub has told

	mu   sync.Mutex
	sent []session.Event
}

func (p *page) emit(ev session.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, ev)
}

// last is the last message but for changes of widgets, which come when there is time.
func (p *page) last() session.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ev := range slices.Backward(p.sent) {
		if c, ok := ev.(session.Comm); !ok || c.Kind == session.CommOpen {
			return ev
		}
	}
	return nil
}

// count is how many messages there have been of a kind.
func (p *page) count(kind session.CommKind) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ev := range p.sent {
		if c, ok := ev.(session.Comm); ok && c.Kind == kind {
			n++
		}
	}
	return n
}

// open returns the package of a session whose front end is a page.
func open(t *testing.T) (*api, *page) {
	p := &page{}
	p.hub = NewHub(Environment{
		Emitter:  func() func(session.Event) { return p.emit },
		External: func(any) { p.fed++ },
	})
	t.Cleanup(p.hub.Close)
	return &api{p.hub}, p
}

// types are what somebody does to a widget: its attribute becomes what is JSON.
func (p *page) types(m *model, attribute, json string) []session.Comm {
	return p.message(m.id, fmt.Sprintf(`{"method":"update","state":{%q:%s}}`, attribute, json))
}

func (p *page) message(id, data string) []session.Comm {
	return p.hub.Handle(session.Comm{Kind: session.CommMessage, ID: id, Data: json.RawMessage(data)})
}

// state is what a front end that was loaded again is told of a model.
func (p *page) state(t *testing.T, m *model) (s map[string]any) {
	t.Helper()
	answers := p.message(m.id, `{"method":"request_state"}`)
	if len(answers) != 1 || answers[0].ID != m.id {
		t.Fatalf("answers %+v", answers)
	}
	var d struct{ State map[string]any }
	if err := json.Unmarshal(answers[0].Data, &d); err != nil {
		t.Fatal(err)
	}
	return d.State
}

// A valued is a widget with a value.
type valued[T any] interface {
	Widget
	modelOf() *model
	Value() T
	Set(T)
	Values() <-chan T
}

// checkValued sets a value and has somebody type another.
func checkValued[T comparable](t *testing.T, p *page, w valued[T], attribute, typed string, first, set, want T, text string) {
	t.Helper()
	values := w.Values()
	if got := w.Value(); got != first {
		t.Errorf("at first it is %v, want %v", got, first)
	}
	w.Set(set)
	if got := w.Value(); got != set {
		t.Errorf("it was set to %v and is %v", set, got)
	}
	p.types(w.modelOf(), attribute, typed)
	if got := <-values; got != want || w.Value() != want {
		t.Errorf("typed %s, it is %v and the channel has %v, want %v", typed, w.Value(), got, want)
	}
	if got := w.MimeBundle()["text/plain"]; got != text {
		t.Errorf("its text is %q, want %q", got, text)
	}
	w.Show()
	shown, ok := p.last().(session.Display)
	if !ok || !reflect.DeepEqual(shown.Bundle.Data, w.MimeBundle()) {
		t.Errorf("shown is %+v", p.last())
	}
	w.Close()
	if _, open := <-values; open {
		t.Error("its channel is open when it is closed")
	}
	if _, open := <-w.Values(); open {
		t.Error("a channel is open that was asked for later")
	}
	w.Set(set)
	if w.Value() != want {
		t.Error("it changes when it is closed")
	}
}

func TestValues(t *testing.T) {
	a, p := open(t)
	t.Run("IntSlider", func(t *testing.T) {
		checkValued[int](t, p, a.NewIntSlider("n:", 10, 0, 99), "value", "7", 10, 3, 7, "slider n: 7")
	})
	t.Run("FloatSlider", func(t *testing.T) {
		w := a.NewFloatSlider("x", 0, 50, 1)
		if step := p.state(t, w.model)["step"]; step != 0.5 {
			t.Errorf("its step is %v", step)
		}
		checkValued[float64](t, p, w, "value", "7.5", 1, 3, 7.5, "slider x: 7.5")
	})
	t.Run("Number", func(t *testing.T) {
		checkValued[float64](t, p, a.NewNumber("", 1), "value", "-2", 1, 3, -2, "number: -2")
	})
	t.Run("Text", func(t *testing.T) {
		checkValued[string](t, p, a.NewText("name", "a"), "value", `"c"`, "a", "b", "c", "text name: c")
	})
	t.Run("TextArea", func(t *testing.T) {
		checkValued[string](t, p, a.NewTextArea("", "a"), "value", `"c\nd"`, "a", "b", "c\nd", "text: c\nd")
	})
	t.Run("Checkbox", func(t *testing.T) {
		checkValued[bool](t, p, a.NewCheckbox("on", false), "value", "false", false, true, false, "checkbox on: false")
	})
	t.Run("Dropdown", func(t *testing.T) {
		checkValued[string](t, p, a.NewDropdown("", "a", "b", "c"), "index", "2", "a", "b", "c", "list: c")
	})
	t.Run("Play", func(t *testing.T) {
		w := a.NewPlay(1, 9, time.Second)
		if ms := p.state(t, w.model)["interval"]; ms != 1000.0 {
			t.Errorf("its interval is %v", ms)
		}
		checkValued[int](t, p, w, "value", "5", 1, 3, 5, "player: 5")
	})
	if p.fed == 0 {
		t.Error("nobody was told of the channels that people feed")
	}
}

// A list in which nothing is chosen, or what it does not have, has no value.
func TestDropdown(t *testing.T) {
	a, p := open(t)
	w := a.NewDropdown("", "a", "b")
	values := w.Values()
	w.Set("z")
	if w.Value() != "" || p.state(t, w.model)["index"] != nil {
		t.Errorf("it is %q", w.Value())
	}
	p.types(w.model, "index", "1")
	if got := <-values; got != "b" {
		t.Errorf("the channel has %q", got)
	}
	p.types(w.model, "index", "7")
	if w.Value() != "" || len(values) != 0 {
		t.Errorf("it is %q, and the channel has %d", w.Value(), len(values))
	}
	if w := a.NewDropdown(""); w.Value() != "" {
		t.Errorf("an empty one is %q", w.Value())
	}
}

func TestButton(t *testing.T) {
	a, p := open(t)
	w := a.NewButton("go")
	clicks := w.Clicks()
	for _, event := range []string{"click", "hover", "click"} {
		p.message(w.model.id, fmt.Sprintf(`{"method":"custom","content":{"event":%q}}`, event))
	}
	if len(clicks) != 2 {
		t.Errorf("%d clicks", len(clicks))
	}
	w.Enable(false)
	w.Label("stop")
	if s := p.state(t, w.model); s["disabled"] != true || s["description"] != "stop" {
		t.Errorf("its state is %v", s)
	}
	if text := w.MimeBundle()["text/plain"]; text != "button go" {
		t.Errorf("its text is %q", text)
	}
	w.Close()
	<-clicks
	<-clicks
	if _, open := <-clicks; open {
		t.Error("its channel is open when it is closed")
	}
}

func TestProgressAndLabel(t *testing.T) {
	a, p := open(t)
	bar, label := a.NewProgress("files", 10), a.NewLabel("before")
	bar.Set(3)
	bar.Add(1.5)
	label.Set("after")
	box := a.VBox(a.HBox(bar), label, nil)
	if text := box.MimeBundle()["text/plain"]; text != "files 4.5 of 10\nafter" {
		t.Errorf("the text of the box is %q", text)
	}
	if s := p.state(t, box.model); s["_model_name"] != "VBoxModel" || len(s["children"].([]any)) != 2 || s["children"].([]any)[1] != reference(label.model) {
		t.Errorf("the state of the box is %v", s)
	}
	box.Close()
	label.Set("later")
	if text := label.MimeBundle()["text/plain"]; text != "later" {
		t.Errorf("what is in a box that was closed is %q", text)
	}
}

func TestLink(t *testing.T) {
	a, p := open(t)
	x, y := a.NewPlay(0, 9, time.Second), a.NewIntSlider("", 0, 9, 0)
	a.Link(x, y)
	var d struct{ State map[string]any }
	if err := json.Unmarshal(p.last().(session.Comm).Data, &d); err != nil {
		t.Fatal(err)
	}
	if want := []any{reference(x.model), "value"}; d.State["_model_name"] != "LinkModel" || d.State["_view_name"] != nil || !reflect.DeepEqual(d.State["source"], want) {
		t.Errorf("the link is %v", d.State)
	}
	before := p.count(session.CommOpen)
	a.Link(x, nil)
	if p.count(session.CommOpen) != before {
		t.Error("there is a link to nothing")
	}
}

func TestOutput(t *testing.T) {
	a, p := open(t)
	w := a.NewOutput()
	fmt.Fprint(w, "one\nt")
	fmt.Fprint(w, "wo\n\xff")
	w.Put(42)
	fmt.Fprint(w, "end")
	if text := w.MimeBundle()["text/plain"]; text != "one\ntwo\n\ufffd42\nend" {
		t.Errorf("its text is %q", text)
	}
	items := p.state(t, w.model)["outputs"].([]any)
	var kinds []any
	for _, item := range items {
		kinds = append(kinds, item.(map[string]any)["output_type"])
	}
	if !slices.Equal(kinds, []any{"stream", "display_data", "stream"}) {
		t.Errorf("it has %v", kinds)
	}
	w.Clear()
	fmt.Fprint(w, strings.Repeat("ö", maxAreaText), "x") // in one piece, the middle of a letter is cut
	if text := w.MimeBundle()["text/plain"].(string); len(text) > maxAreaText || !strings.HasSuffix(text, "öx") || strings.Contains(text, "\ufffd") {
		t.Errorf("of more than it keeps it has %d bytes", len(text))
	}
	w.Clear()
	for i := range maxAreaItems + 5 {
		w.Put(i)
	}
	if n := len(p.state(t, w.model)["outputs"].([]any)); n != maxAreaItems {
		t.Errorf("it keeps %d things", n)
	}
}

// A page that is loaded again asks for all widgets by a comm of its own.
func TestControl(t *testing.T) {
	a, p := open(t)
	w := a.NewCheckbox("on", true)
	gone := a.NewCheckbox("off", true)
	gone.Close()
	handle := func(kind session.CommKind, target, version, data string) []session.Comm {
		return p.hub.Handle(session.Comm{
			Kind: kind, ID: "page", Target: target, Data: json.RawMessage(data),
			Metadata: json.RawMessage(fmt.Sprintf(`{"version":%q}`, version)),
		})
	}
	refused := func(what string, answers []session.Comm) {
		t.Helper()
		if len(answers) != 1 || answers[0].Kind != session.CommClose || answers[0].ID != "page" {
			t.Errorf("%s: %+v", what, answers)
		}
	}
	const ask = `{"method":"request_states"}`
	refused("a comm that was never opened", handle(session.CommMessage, "", "", ask))
	refused("another target", handle(session.CommOpen, "jupyter.widget", "1.0.0", ""))
	refused("a later version", handle(session.CommOpen, controlTarget, "2.0.0", ""))
	if answers := handle(session.CommOpen, controlTarget, "1.0.0", ""); answers != nil {
		t.Errorf("opened: %+v", answers)
	}
	if answers := handle(session.CommMessage, "", "", `{"method":"other"}`); answers != nil {
		t.Errorf("of another method: %+v", answers)
	}
	answers := handle(session.CommMessage, "", "", ask)
	var d struct {
		Method string
		States map[string]struct {
			Name  string         `json:"model_name"`
			State map[string]any `json:"state"`
		}
	}
	if err := json.Unmarshal(answers[0].Data, &d); err != nil {
		t.Fatal(err)
	}
	if s := d.States[w.model.id]; d.Method != "update_states" || len(d.States) != 3 || s.Name != "CheckboxModel" || s.State["value"] != true {
		t.Errorf("the states are %+v", d)
	}
	handle(session.CommClose, "", "", "")
	refused("a comm that was closed", handle(session.CommMessage, "", "", ask))
	p.hub.Handle(session.Comm{Kind: session.CommClose, ID: w.model.id})
	if _, open := <-w.Values(); open {
		t.Error("a widget that the page has closed is open")
	}
}

// What is still to be told comes before the end of the cell.
func TestFlush(t *testing.T) {
	a, p := open(t)
	w := a.NewIntSlider("", 0, 9, 0)
	p.hub.senders.Wait()
	w.model.mu.Lock()
	w.model.sending = true // it rests
	w.model.mu.Unlock()
	w.Set(1)
	w.Set(2)
	if n := p.count(session.CommMessage); n != 0 {
		t.Errorf("%d messages while it rests", n)
	}
	p.hub.Flush()
	p.hub.Flush()
	if got := string(p.sent[len(p.sent)-1].(session.Comm).Data); p.count(session.CommMessage) != 1 || !strings.Contains(got, `"value":2`) {
		t.Errorf("%d messages, the last %s", p.count(session.CommMessage), got)
	}
}
