package kernel

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
)

// Programs that execute notebooks (nbclient, and with it nbconvert, papermill
// and Jupyter Book) run one cell after another and drop every message whose
// parent is not the request that they wait for. A goroutine that prints after
// its cell has ended would print to nobody. For them late output is kept until
// the cell that is running ends, and then goes out as that cell's message:
//
//   - as the new content of a display that the owner has been given when it
//     ended with goroutines alive. Displays are found by their id, whichever
//     cell updates them, so the text stands under its owner.
//   - where the owner has no such display, as text of the running cell, with
//     the owner's number.
//
// They are known by what a request says: they allow no input, and name no cell.
// JupyterLab, Notebook, VS Code and the consoles do one or the other, and are
// sent late output as it happens, under the request that it belongs to.

// runsOneByOne reports whether a request is of a front end that sees messages
// of the request that it waits for and no others.
func runsOneByOne(m *wire.Message, c *executeRequest) bool {
	var meta struct {
		CellID json.RawMessage `json:"cellId"`
	}
	_ = json.Unmarshal(m.Metadata, &meta)
	return !c.AllowStdin && meta.CellID == nil
}

// lateOutputs are those of the cells that have late output to tell.
type lateOutputs struct {
	mu    sync.Mutex
	ready []*late
	alive []*output // of cells that have ended and may still tell something
}

// A late is the output of one cell after its end.
type late struct {
	all     *lateOutputs
	session string // of the front end
	number  int
	id      string // of the display for it

	// The rest is guarded by all.mu.
	ended   bool
	streams map[string]bool // that the cell's own messages had
	astray  bool            // positions of its outputs may change afterwards
	display bool            // there is one
	text    []byte
	told    int     // bytes of text that have been told
	shown   []chunk // other than text
	waiting bool    // in all.ready
	alive   bool    // in all.alive
	full    bool
}

// Bounds on what is kept for one cell.
const (
	maxLateText  = 1 << 20
	maxLateShown = 64
)

func (l *lateOutputs) begin(r *request, cell session.Cell) *late {
	return &late{all: l, session: r.Header.Session, number: cell.Number, id: "late-" + cell.ID, streams: make(map[string]bool)}
}

// over reports whether the cell has ended, when o is about to be told something
// for it.
func (l *late) over(o *output) bool {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	if l.ended {
		l.listen(o)
	}
	return l.ended
}

// listen makes the ends of later cells look for what o has to tell.
func (l *late) listen(o *output) {
	if !l.alive {
		l.alive = true
		l.all.alive = append(l.all.alive, o)
	}
}

// take keeps a batch of a cell that has ended, and reports whether it has.
func (l *late) take(batch []chunk) bool {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	if !l.ended {
		for _, c := range batch {
			if c.stream != "" {
				// nbclient finds displays again by their position. Where it
				// joins streams afterwards, positions behind them are others.
				l.astray = l.astray || l.streams[c.stream] || c.stream == session.Stdout && l.streams[session.Stderr]
				l.streams[c.stream] = true
			}
		}
		return false
	}
	for _, c := range batch {
		l.keep(c)
	}
	if !l.waiting && len(batch) > 0 {
		l.waiting = true
		l.all.ready = append(l.all.ready, l)
	}
	return true
}

func (l *late) keep(c chunk) {
	switch c.msgType {
	case "error":
		// As an error it would fail the cell that is running.
		var e errorOutput
		_ = json.Unmarshal(c.content, &e)
		c.text = []byte(strings.Join(e.Traceback, "\n") + "\n")
	case "clear_output":
		l.text, l.told = nil, 0
		return
	case "":
	default:
		if len(l.shown) < maxLateShown {
			l.shown = append(l.shown, c)
			return
		}
		c.text = []byte("gosched: more was shown after the cell had ended; it is left out.\n")
	}
	switch {
	case l.full:
	case len(l.text)+len(c.text) <= maxLateText:
		l.text = append(l.text, c.text...)
	default:
		l.full = true
		l.text = append(l.text, "\ngosched: more was printed after the cell had ended; it is left out.\n"...)
	}
}

// end says that the cell has ended and how many of its goroutines live on. It
// returns the content of the display that is for what they print, or nil.
func (l *late) end(o *output, goroutines int) any {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	l.ended = true
	if goroutines == 0 {
		return nil
	}
	l.listen(o)
	if l.astray {
		return nil
	}
	l.display = true
	return l.content("")
}

func (l *late) content(text string) displayContent {
	return displayContent{
		bundle:    encodeBundle(session.Bundle{Data: map[string]any{"text/plain": text}}),
		Transient: map[string]string{"display_id": l.id},
	}
}

// tellLate tells what goroutines of earlier cells have had to say since the
// last cell of this front end, as messages of r. Where some still live, it waits for a
// moment. What the others have said is here already.
func (k *Kernel) tellLate(r *request, live bool) {
	k.late.mu.Lock()
	alive := slices.Clone(k.late.alive)
	if !live {
		for _, o := range alive {
			o.late.alive = false
		}
		k.late.alive = nil
	}
	k.late.mu.Unlock()
	if live && len(alive) > 0 {
		wait(k.stopping, lateGrace)
	}
	for _, o := range alive {
		o.flush()
	}
	for _, l := range k.late.of(r.Header.Session) {
		for _, m := range l.tell() {
			k.announce(r, k.iopub(r.RawHeader, m.msgType, mustMarshal(m.content)))
		}
	}
}

// of takes those that have something to tell to a front end.
func (l *lateOutputs) of(session string) (now []*late) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready = slices.DeleteFunc(l.ready, func(e *late) bool {
		if e.session == session {
			now = append(now, e)
		}
		return e.session == session
	})
	return now
}

// tell makes the messages for what is new.
func (l *late) tell() (out []chunk) {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	add := func(msgType string, content any) {
		out = append(out, chunk{msgType: msgType, content: mustMarshal(content)})
	}
	switch news := string(l.text[l.told:]); {
	case news == "" && l.told > 0:
	case l.display:
		add("update_display_data", l.content(string(l.text)))
	case news != "":
		add("stream", streamContent{session.Stdout, mark(l.number, news)})
	}
	for _, c := range l.shown {
		if c.msgType == "display_data" {
			add("stream", streamContent{session.Stdout, mark(l.number, "")})
		}
		out = append(out, c)
	}
	l.told, l.shown, l.waiting = len(l.text), nil, false
	return out
}

// mark says which cell text comes from.
func mark(number int, text string) string {
	return fmt.Sprintf("[from cell %d, which has ended]\n%s", number, text)
}

// lateGrace is how long the end of a cell waits for what goroutines of earlier
// cells have printed meanwhile to get here.
const lateGrace = 10 * time.Millisecond
