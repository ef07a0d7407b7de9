package picture

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/gosched/gosched/kernel/observe"
)

// A traceEvent is one entry of Chrome's trace event format, in which times are
// microseconds.
type traceEvent struct {
	Name  string     `json:"name,omitempty"`
	Cat   string     `json:"cat,omitempty"`
	Phase string     `json:"ph"`
	Time  float64    `json:"ts"`
	Dur   *float64   `json:"dur,omitempty"`
	PID   int        `json:"pid"`
	TID   int        `json:"tid"`
	ID    int        `json:"id,omitempty"`
	Bind  string     `json:"bp,omitempty"`
	Scope string     `json:"s,omitempty"`
	Args  *traceArgs `json:"args,omitempty"`
}

type traceArgs struct {
	Name  string `json:"name,omitempty"`
	Sort  int    `json:"sort_index,omitempty"`
	Value string `json:"value,omitempty"`
	Place string `json:"place,omitempty"`
	What  string `json:"what,omitempty"`
}

// Perfetto writes records as trace events in Chrome's JSON format, which
// https://ui.perfetto.dev opens: a slice for each state of a goroutine, a flow
// for each message and each wake, an instant for everything else. Nothing is
// left out.
func Perfetto(w io.Writer, records ...*observe.Record) error {
	t := &traceWriter{w: bufio.NewWriterSize(w, 1<<16)}
	t.w.WriteString(`{"displayTimeUnit":"ns","traceEvents":[`)
	for _, r := range records {
		t.record(r, r.Start.Sub(records[0].Start))
	}
	if t.err != nil {
		return fmt.Errorf("writing the trace: %w", t.err)
	}
	t.w.WriteString("\n]}\n")
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("writing the trace: %w", err)
	}
	return nil
}

// record writes one record as a process of its own, that begins some time after
// the first.
func (t *traceWriter) record(r *observe.Record, after time.Duration) {
	m := newModel(r)
	t.m, t.after = m, micro(int64(after))
	t.process++
	title := "gosched"
	if r.Cell > 0 {
		title = fmt.Sprintf("cell %d", r.Cell)
	}
	t.put(traceEvent{Name: "process_name", Phase: "M", Args: &traceArgs{Name: title}})
	order, _ := m.order()
	for i, g := range order {
		t.lane(int32(g), i+1)
	}
	if m.outside {
		t.lane(observe.Outside, len(order)+1)
	}
	for g, spans := range m.spans {
		for i := range spans {
			t.span(int32(g), &spans[i])
		}
	}
	if m.outside {
		whole := micro(m.end)
		t.put(traceEvent{Name: "outside", Phase: "X", Dur: &whole, TID: tid(observe.Outside)})
	}
	for i := range m.events {
		t.event(int32(i))
	}
	t.flows += len(m.events)
}

// A traceWriter writes trace events, with commas between.
type traceWriter struct {
	w    *bufio.Writer
	m    *model
	more bool
	err  error

	process int     // of the record that is being written
	after   float64 // the beginning of the first, in microseconds
	flows   int     // arrows of the records before
}

func (t *traceWriter) put(e traceEvent) {
	if t.err != nil {
		return
	}
	e.PID = t.process
	if e.Phase != "M" {
		e.Time += t.after
	}
	if e.ID > 0 {
		e.ID += t.flows
	}
	b, err := json.Marshal(e)
	if err != nil {
		t.err = err
		return
	}
	if t.more {
		t.w.WriteByte(',')
	}
	t.more = true
	t.w.WriteByte('\n')
	_, t.err = t.w.Write(b)
}

// tid is the thread that stands for a goroutine: numbers in a session may
// repeat, indexes do not.
func tid(g int32) int { return int(g) + 2 }

func micro(ns int64) float64 { return float64(ns) / 1000 }

func (t *traceWriter) lane(g int32, rank int) {
	t.put(traceEvent{Name: "thread_name", Phase: "M", TID: tid(g), Args: &traceArgs{Name: t.m.who(g)}})
	t.put(traceEvent{Name: "thread_sort_index", Phase: "M", TID: tid(g), Args: &traceArgs{Sort: rank}})
}

func (t *traceWriter) span(g int32, s *span) {
	e := traceEvent{Name: stateNames[s.state], Cat: "state", Phase: "X", Time: micro(s.start), TID: tid(g)}
	dur := micro(s.stop - s.start)
	e.Dur = &dur
	if s.block >= 0 {
		b := &t.m.events[s.block]
		if w := t.m.waits(b); w != "" && s.state != ready {
			e.Name += ": " + w
		}
		e.Args = &traceArgs{Place: place(b.Place)}
	}
	t.put(e)
}

func (t *traceWriter) event(i int32) {
	m := t.m
	e := &m.events[i]
	switch e.Kind {
	case observe.Block, observe.Unblock, observe.Begin, observe.Yield, observe.End:
	default:
		what := m.brief(e)
		t.put(traceEvent{Name: what, Cat: "event", Phase: "i", Scope: "t", Time: micro(e.Time), TID: tid(e.Goroutine),
			Args: &traceArgs{Value: shorten(e.Value, 1000), Place: place(e.Place)}})
	}
	cat := "wake"
	switch {
	case e.Kind == observe.Go && e.Object >= 0 && m.birth[e.Object] == i:
		t.flow(int(i)+1, "go", "go", e.Time, e.Goroutine, m.spans[e.Object][0].start, e.Object)
		return
	case e.Peer < 0, e.Kind == observe.Unblock && m.told[i]:
		return
	case e.Kind == observe.Receive:
		cat = "message"
	}
	p := &m.events[e.Peer]
	name := m.label(e)
	if name == "" {
		name = cat
	}
	t.flow(int(i)+1, cat, name, min(p.Time, e.Time), p.Goroutine, e.Time, e.Goroutine)
}

// flow writes an arrow between two lanes.
func (t *traceWriter) flow(id int, cat, name string, at int64, from int32, until int64, to int32) {
	t.put(traceEvent{Name: name, Cat: cat, Phase: "s", Time: micro(at), TID: tid(from), ID: id})
	t.put(traceEvent{Name: name, Cat: cat, Phase: "f", Bind: "e", Time: micro(until), TID: tid(to), ID: id})
}
