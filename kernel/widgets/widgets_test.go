package widgets_test

import (
	"encoding/json"
	"fmt"
	"go/token"
	"go/types"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/facade/facadetest"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/widgets"
)

func TestDeclare(t *testing.T) {
	hub := widgets.NewHub(widgets.Environment{})
	facadetest.Run(t, widgets.Package(), widgets.Bind(hub), func(fset *token.FileSet) types.Importer {
		return stdlib.NewImporter(fset)
	})
}

// A sink keeps what is sent to the front end.
type sink struct {
	mu   sync.Mutex
	sent []session.Comm
	slow time.Duration // how long the front end takes for a message
}

func (s *sink) emit(ev session.Event) {
	s.mu.Lock()
	slow := s.slow
	s.mu.Unlock()
	time.Sleep(slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, ev.(session.Comm))
}

func (s *sink) all() []session.Comm {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]session.Comm{}, s.sent...)
}

func newHub(t *testing.T, s *sink) *widgets.Hub {
	h := widgets.NewHub(widgets.Environment{
		Emitter:  func() func(session.Event) { return s.emit },
		External: func(any) {},
	})
	t.Cleanup(h.Close)
	return h
}

func newSlider(h *widgets.Hub) *widgets.IntSlider {
	return widgets.Bind(h)["NewIntSlider"].Interface().(func(string, int, int, int) *widgets.IntSlider)("n", 0, 1000, 0)
}

func update(h *widgets.Hub, id string, v int) []session.Comm {
	return h.Handle(session.Comm{
		Kind: session.CommMessage, ID: id, Parent: json.RawMessage(fmt.Sprintf(`{"msg_id":"%d"}`, v)),
		Data: json.RawMessage(fmt.Sprintf(`{"method":"update","state":{"value":%d}}`, v)),
	})
}

// A reader that does not read holds up nobody, and finds the newest value.
func TestSlowReader(t *testing.T) {
	var s sink
	h := newHub(t, &s)
	w := newSlider(h)
	id := s.all()[2].ID
	values, others := w.Values(), w.Values()
	for v := range 1000 {
		update(h, id, v)
	}
	if got := <-values; got != 999 {
		t.Errorf("the reader finds %d", got)
	}
	select {
	case v := <-values:
		t.Errorf("and then %d", v)
	default:
	}
	if got := <-others; got != 999 {
		t.Errorf("the other finds %d", got)
	}
	if w.Value() != 999 {
		t.Errorf("the value is %d", w.Value())
	}
}

// A front end that does not take anything holds up neither what people do nor
// who sets values, and a loop that sets them is no flood.
func TestSlowFrontEnd(t *testing.T) {
	var s sink
	h := newHub(t, &s)
	w := newSlider(h)
	id := s.all()[2].ID
	s.mu.Lock()
	s.slow = 50 * time.Millisecond
	s.mu.Unlock()
	values := w.Values()
	start := time.Now()
	for v := range 100_000 {
		w.Set(v)
	}
	update(h, id, 7)
	if got := <-values; got != 7 {
		t.Errorf("the reader finds %d", got)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("it took %v", d)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		all := s.all()
		if last := all[len(all)-1]; string(last.Data) == `{"buffer_paths":[],"method":"echo_update","state":{"value":7}}` && string(last.Parent) == `{"msg_id":"7"}` {
			if n := len(all); n > 200 {
				t.Errorf("%d messages", n)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the echo does not come: %d messages, the last %s", len(all), all[len(all)-1].Data)
		}
	}
}

// What a front end may send that is no value of the slider changes nothing.
func TestForeignValues(t *testing.T) {
	var s sink
	h := newHub(t, &s)
	w := newSlider(h)
	id := s.all()[2].ID
	update(h, id, 5)
	for _, data := range []string{
		`{"method":"update","state":{"value":"x"}}`, `{"method":"update","state":{"value":null}}`, `{"method":"update","state":{"value":1.5}}`,
		`{"method":"update","state":{"unknown":1}}`, `{"method":"update","state":7}`, `{"method":"custom"}`, `{"method":7}`, `null`, `{`, ``,
	} {
		h.Handle(session.Comm{Kind: session.CommMessage, ID: id, Data: json.RawMessage(data)})
		if w.Value() != 5 {
			t.Fatalf("%s makes it %d", data, w.Value())
		}
	}
}

func FuzzHandle(f *testing.F) {
	f.Add("comm_msg", "", `{"method":"update","state":{"value":3}}`, `{"version":"1.0.0"}`)
	f.Add("comm_open", "jupyter.widget.control", `{}`, `{"version":"1.0.0"}`)
	f.Add("comm_msg", "", `{"method":"custom","content":{"event":"click"}}`, `{}`)
	f.Fuzz(func(t *testing.T, kind, target, data, metadata string) {
		var s sink
		h := newHub(t, &s)
		newSlider(h)
		for _, sent := range s.all() {
			h.Handle(session.Comm{Kind: session.CommKind(kind), ID: sent.ID, Target: target, Data: json.RawMessage(data), Metadata: json.RawMessage(metadata)})
		}
	})
}
