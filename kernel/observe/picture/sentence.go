package picture

import (
	"fmt"
	"strings"

	"github.com/gosched/gosched/kernel/observe"
)

// sentence tells an event in words: who did what, with what, when and where.
func (m *model) sentence(i int32) string {
	e := &m.events[i]
	var b strings.Builder
	b.WriteString(m.who(e.Goroutine))
	b.WriteByte(' ')
	o := name(m.object(e))
	v := isolate(shorten(e.Value, 160))
	switch e.Kind {
	case observe.Go:
		if e.Object >= 0 {
			b.WriteString("starts " + m.who(e.Object))
		} else {
			b.WriteString("starts a goroutine")
		}
	case observe.Block:
		b.WriteString("waits: " + e.Wait.String())
		if w := m.waits(e); w != "" {
			b.WriteString(" (" + w + ")")
		}
	case observe.Unblock:
		b.WriteString("goes on")
		if e.Peer >= 0 {
			b.WriteString(", woken by " + m.who(m.events[e.Peer].Goroutine))
		}
	case observe.Send:
		b.WriteString("sends " + v + " to " + m.full(e))
		if p := m.partner[i]; p >= 0 {
			b.WriteString(", received by " + m.who(m.events[p].Goroutine))
		}
	case observe.Receive:
		b.WriteString("receives " + v + " from " + m.full(e))
		if e.Peer >= 0 {
			b.WriteString(", sent by " + m.who(m.events[e.Peer].Goroutine))
		} else {
			b.WriteString(", from outside")
		}
	case observe.ReceiveClosed:
		b.WriteString("finds " + m.full(e) + " closed")
	case observe.Print:
		b.WriteString("prints “" + isolate(shorten(strings.TrimRight(e.Value, "\n"), 160)) + "”")
	case observe.Panic:
		b.WriteString("panics: " + v)
	case observe.End:
		b.WriteString("ends")
	default:
		b.WriteString(eventVerbs[min(int(e.Kind), len(eventVerbs)-1)])
		if o != "" {
			b.WriteString(" " + o)
		}
		if v != "" {
			b.WriteString(" (" + v + ")")
		}
		if e.Peer >= 0 && (e.Kind == observe.Lock || e.Kind == observe.RLock) {
			b.WriteString(", unlocked by " + m.who(m.events[e.Peer].Goroutine))
		}
	}
	b.WriteString(" · " + duration(e.Time))
	if p := place(e.Place); p != "" {
		b.WriteString(" · " + p)
	}
	return b.String()
}

// full names a channel with its type and capacity.
func (m *model) full(e *observe.Event) string {
	o := m.object(e)
	if o == nil {
		return "a channel"
	}
	s := name(o)
	if o.Name != "" && o.Type != "" {
		s += " (" + isolate(shorten(o.Type, 40))
		if o.Cap > 0 {
			s += ", capacity " + thousands(o.Cap)
		}
		s += ")"
	}
	if o.Outside {
		s += " of compiled code"
	}
	return s
}

var eventVerbs = [...]string{
	observe.Go: "starts", observe.Block: "waits", observe.Unblock: "goes on",
	observe.Send: "sends", observe.Receive: "receives", observe.ReceiveClosed: "finds closed",
	observe.Close: "closes", observe.Choose: "select chooses", observe.Lock: "locks",
	observe.Unlock: "unlocks", observe.RLock: "read-locks", observe.RUnlock: "read-unlocks",
	observe.Add: "adds to", observe.Done: "is done for", observe.WaitDone: "has waited for",
	observe.Signal: "signals", observe.CondWait: "was woken at", observe.OnceDo: "did once",
	observe.Cancel: "cancels", observe.Fire: "timer fires", observe.Sleep: "slept",
	observe.Load: "reads", observe.Store: "writes", observe.Panic: "panics",
	observe.Print: "prints", observe.End: "ends", observe.Begin: "begins to run",
	observe.Yield: "gives way", observe.Yield + 1: "does something",
}

// summary is the headline of a picture.
func (m *model) summary() string {
	s := count(len(m.r.Goroutines), "goroutine") + " · " + count(len(m.r.Events), "event") + " · " + duration(m.end)
	if m.r.Virtual {
		s += " of virtual time"
	}
	if m.r.Cell > 0 {
		s = fmt.Sprintf("Cell %d · ", m.r.Cell) + s
	}
	return s
}

// stuck tells of goroutines that never end what they wait for, of so many at
// most.
func (m *model) stuck(most int) []string {
	var list []string
	for g := range m.r.Goroutines {
		if !hopeless(m.r.Goroutines[g].Fate) {
			continue
		}
		if len(list) == most {
			return append(list, "…")
		}
		s := m.who(int32(g)) + " can never go on"
		spans := m.spans[g]
		if b := spans[len(spans)-1].block; b >= 0 {
			e := &m.events[b]
			s += ": it waits for " + m.waits(e)
			if p := place(e.Place); p != "" {
				s += " in " + p
			}
		}
		list = append(list, s)
	}
	return list
}

// fates lists the goroutines that did not simply return, in words.
func (m *model) fates() []string {
	var n [fates]int
	for i := range m.r.Goroutines {
		g := &m.r.Goroutines[i]
		if g.Main && g.Fate == observe.Alive {
			continue
		}
		n[min(g.Fate, fates-1)]++
	}
	var list []string
	for _, f := range []struct {
		fate observe.Fate
		text string
	}{{observe.Panicked, "panicked"}, {observe.Deadlocked, "deadlocked"}, {observe.Leaked, "leaked"}, {observe.Alive, "still alive"}, {observe.Stopped, "stopped"}} {
		if n[f.fate] > 0 {
			list = append(list, thousands(n[f.fate])+" "+f.text)
		}
	}
	return list
}

// note tells an event in a few words, with its line. Who did it is seen beside.
func (m *model) note(i int32) string {
	e := &m.events[i]
	s := m.brief(e)
	if p := e.Place; p.Line > 0 {
		if p.Cell == m.r.Cell && p.File == "" {
			s += fmt.Sprintf(" (line %d)", p.Line)
		} else {
			s += " (" + place(p) + ")"
		}
	}
	return strings.TrimSpace(s)
}

// brief tells what an event did, in a few words.
func (m *model) brief(e *observe.Event) string {
	o := name(m.object(e))
	v := isolate(shorten(e.Value, 40))
	switch e.Kind {
	case observe.Go:
		if e.Object >= 0 {
			return "go " + isolate(shorten(function(m.r.Goroutines[e.Object].Name), 40))
		}
		return "go"
	case observe.Block:
		if w := m.waits(e); w != "" {
			return "waits: " + w
		}
		return "waits"
	case observe.Send:
		return o + "<- " + v
	case observe.Receive:
		return "<-" + o + " gives " + v
	case observe.ReceiveClosed:
		return "<-" + o + ": closed"
	case observe.Choose:
		return "select chooses " + v
	case observe.Panic:
		return "panics: " + isolate(shorten(e.Value, 60))
	case observe.Print:
		return "prints “" + isolate(shorten(strings.TrimRight(e.Value, "\n"), 50)) + "”"
	}
	s := eventVerbs[min(int(e.Kind), len(eventVerbs)-1)]
	if o != "" && e.Kind != observe.Unblock {
		s += " " + o
	}
	if v = strings.TrimPrefix(v, "+"); v != "" {
		s += " (" + v + ")"
	}
	return s
}
