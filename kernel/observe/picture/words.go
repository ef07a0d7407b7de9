package picture

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// shorten makes text fit in n columns, as width counts them, on one line.
// Control and formatting characters are shown as Go escapes them, so that no
// value can turn what stands around it.
func shorten(s string, n int) string {
	var b strings.Builder
	w := 0
	mark := 0 // where "…" goes if there is more to come than fits
	for _, r := range s {
		var piece string
		switch {
		case r == unicode.ReplacementChar:
			piece = "�"
		case r == '\n':
			piece = "⏎"
		case r == '\u200c' || r == '\u200d': // joiners, of which some scripts and emoji are made
			piece = string(r)
		case r != ' ' && !unicode.IsGraphic(r), unicode.Is(unicode.Cf, r):
			q := strconv.QuoteRune(r)
			piece = q[1 : len(q)-1]
		case unicode.IsSpace(r):
			piece = " "
		default:
			piece = string(r)
		}
		pw := width(piece)
		if w+pw > n {
			return b.String()[:mark] + "…"
		}
		b.WriteString(piece)
		w += pw
		if w <= n-1 {
			mark = b.Len()
		}
	}
	return b.String()
}

// isolate keeps right-to-left text from moving what stands around it.
func isolate(s string) string {
	for _, r := range s {
		if rtl(r) {
			return "\u2068" + s + "\u2069"
		}
	}
	return s
}

func rtl(r rune) bool {
	return r >= 0x0590 && r <= 0x08ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff ||
		r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff
}

// width is how many columns of a fixed-width font text takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide reports whether a character takes two columns: East Asian wide
// characters, and pictographs.
func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
		r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f000 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd)
}

// duration writes nanoseconds with three digits at most, as Go writes them.
func duration(ns int64) string {
	d := time.Duration(ns)
	if d >= time.Minute {
		s := d.Round(time.Second).String() // 10h0m0s
		if t, ok := strings.CutSuffix(s, "m0s"); ok {
			s = t + "m"
		}
		if t, ok := strings.CutSuffix(s, "h0m"); ok {
			s = t + "h"
		}
		return s
	}
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if d >= 100*unit {
			return d.Round(unit).String()
		}
		if d >= 10*unit {
			return d.Round(unit / 10).String()
		}
		if d >= unit {
			return d.Round(unit / 100).String()
		}
	}
	return d.String()
}

// count writes a number with a noun: "1 event", "12,345 events".
func count(n int, noun string) string {
	s := thousands(n) + " " + noun
	if n != 1 {
		s += "s"
	}
	return s
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// who names a goroutine: "G7 worker".
func (m *model) who(g int32) string {
	if g < 0 {
		return "outside"
	}
	info := &m.r.Goroutines[g]
	return fmt.Sprintf("G%d %s", info.Number, isolate(shorten(function(info.Name), 40)))
}

// function is a function's name without the package that all cells are in.
func function(name string) string { return strings.TrimPrefix(name, "main.") }

// place says where something is, or nothing where that is not known.
func place(p sched.Place) string {
	if p.Line == 0 {
		return ""
	}
	if p.File != "" {
		return file(p.File) + ":" + strconv.Itoa(p.Line)
	}
	return p.Where()
}

// file shortens the name of a file from its front, where it tells least.
func file(s string) string {
	for width(s) > 48 {
		_, rest, ok := strings.Cut(s, "/")
		if !ok {
			break
		}
		s = rest
	}
	return shorten(s, 48)
}

// name is what the source calls an object, or what it is.
func name(o *observe.Object) string {
	switch {
	case o == nil:
		return ""
	case o.Name != "":
		return isolate(shorten(o.Name, 24))
	case o.Type != "":
		return isolate(shorten(o.Type, 24))
	}
	return kindNames[min(int(o.Kind), len(kindNames)-1)]
}

var kindNames = [...]string{"channel", "mutex", "rwmutex", "wait group", "cond", "once", "timer", "context", "atomic", "variable", "object"}

// value is an event's value, short enough for a label.
func value(e *observe.Event) string { return isolate(shorten(e.Value, 18)) }

// waits says in Go's notation what a Block waits for: "<-ch", "mu.Lock".
func (m *model) waits(e *observe.Event) string {
	o := name(m.object(e))
	dot := func(method string) string {
		if o == "" {
			return method
		}
		return o + "." + method
	}
	switch e.Wait {
	case wait.Receive:
		return "<-" + o
	case wait.Send:
		return o + "<-"
	case wait.ReceiveNil:
		return "<-nil"
	case wait.SendNil:
		return "nil<-"
	case wait.Select:
		return "select"
	case wait.SelectEmpty:
		return "select {}"
	case wait.Mutex, wait.RWLock:
		return dot("Lock")
	case wait.RLock:
		return dot("RLock")
	case wait.WaitGroup, wait.Cond:
		return dot("Wait")
	case wait.Once:
		return dot("Do")
	case wait.Sleep:
		if e.Value != "" {
			return "sleep " + value(e)
		}
		return "sleep"
	case wait.Goexit:
		return "the others" // it may have called runtime.Goexit, or returned
	case wait.IO:
		return "network"
	case wait.None:
		return ""
	}
	return e.Wait.String()
}

// label is what a picture writes beside an event, or nothing.
func (m *model) label(e *observe.Event) string {
	o := name(m.object(e))
	if o == "" {
		o = "?"
	}
	switch e.Kind {
	case observe.Panic:
		return isolate(shorten(e.Value, 44))
	case observe.Send, observe.Receive:
		if o := m.object(e); o != nil && strings.HasSuffix(o.Type, "chan time.Time") {
			return "time" // which is what one needs to know of it
		}
		return value(e)
	case observe.Print:
		return "“" + isolate(shorten(strings.TrimRight(e.Value, "\n"), 22)) + "”"
	case observe.Choose:
		return isolate(shorten(e.Value, 22))
	case observe.Close:
		return "close(" + o + ")"
	case observe.ReceiveClosed:
		return "closed"
	case observe.Add:
		return o + ".Add(" + strings.TrimPrefix(value(e), "+") + ")"
	case observe.Done:
		return o + ".Done"
	case observe.Signal:
		return o + ".Signal"
	case observe.OnceDo:
		return o + ".Do"
	case observe.Cancel:
		return "cancel"
	case observe.Fire:
		return "timer"
	case observe.Sleep:
		return "sleep " + value(e)
	case observe.Load, observe.Store:
		if v := value(e); v != "" {
			return o + "=" + v
		}
		return o
	case observe.Lock, observe.RLock:
		return o
	}
	return ""
}
