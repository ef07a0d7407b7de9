package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/internal/spelling"
	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// The panel beside a notebook (labextension) asks by a comm, once a second while
// it is seen. What it asks for is answered at once, also while a cell runs:
//
//	{"method": "state"}                  goroutines, variables, functions and types
//	{"method": "stop", "goroutine": 7}   stops one, and answers like state
//	{"method": "unfold", "path": ["x", 0, 2]}   the parts of a part of a variable
//	{"method": "format", "id": 3, "source": "x:=1"}   gofmt's form of a cell, or an error
//	{"method": "formatOnRun", "on": true}   as %fmt on; it has no answer
//
// A value that a goroutine may be changing is not looked at unasked: a map that is
// read while it is written would end the session. As long as any goroutine is
// alive, only numbers and how full channels are is told; "all" asks for more, as
// %vars does. An answer says how many milliseconds it took, and the panel waits a
// hundred times as long before it asks again: it costs the session 1 % at most.
const (
	panelTarget  = "gosched.panel"
	panelVersion = 1
	maxPanels    = 100
	// mostInPanel bounds the goroutines and the variables of one answer.
	mostInPanel = 200
)

// panels are the open comms of panels.
type panels struct {
	mu   sync.Mutex
	open map[string]bool
}

// panelComm answers a message of a panel. It says false for those of others.
func (e *Engine) panelComm(m session.Comm) (answers []session.Comm, mine bool) {
	p := &e.panels
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case m.Kind == session.CommOpen && m.Target == panelTarget:
		var hello struct {
			Version int `json:"version"`
		}
		if json.Unmarshal(m.Data, &hello) != nil || hello.Version != panelVersion || len(p.open) >= maxPanels {
			return []session.Comm{{Kind: session.CommClose, ID: m.ID, Parent: m.Parent}}, true
		}
		if p.open == nil {
			p.open = make(map[string]bool)
		}
		p.open[m.ID] = true
		return nil, true
	case !p.open[m.ID]:
		return nil, false
	case m.Kind == session.CommClose:
		delete(p.open, m.ID)
		return nil, true
	}
	var ask struct {
		Method    string `json:"method"`
		All       bool   `json:"all"`
		Goroutine int    `json:"goroutine"`
		Path      []any  `json:"path"`
		ID        int    `json:"id"`
		Source    string `json:"source"`
		On        bool   `json:"on"`
	}
	if json.Unmarshal(m.Data, &ask) != nil {
		return nil, true
	}
	var answer any
	switch ask.Method {
	case "stop":
		e.sched.Kill(ask.Goroutine)
		answer = e.panelState(false)
	case "state":
		answer = e.panelState(ask.All)
	case "unfold":
		answer = map[string]any{"method": "parts", "path": ask.Path, "parts": e.panelParts(ask.Path)}
	case "format":
		answer = panelFormat(ask.ID, ask.Source)
	case "formatOnRun":
		e.formats.Store(ask.On)
		return nil, true
	default:
		return nil, true
	}
	data, err := json.Marshal(answer)
	if err != nil {
		return nil, true
	}
	return []session.Comm{{Kind: session.CommMessage, ID: m.ID, Data: data, Parent: m.Parent}}, true
}

func (e *Engine) panelState(all bool) map[string]any {
	start := time.Now()
	list := e.sched.List()
	alive := len(list)
	shown := list[:min(alive, mostInPanel)]
	rows := data(shown)
	for i := range shown {
		rows[i]["main"] = shown[i].Main
		// Where it is now says more than where it was started.
		for _, at := range shown[i].At {
			if at.Cell > 0 {
				rows[i]["cell"], rows[i]["line"] = at.Cell, at.Line
				break
			}
		}
	}
	whole := alive == 0 || all
	vars := []panelPart{}
	for _, v := range e.variables() {
		if len(vars) == mostInPanel {
			break
		}
		part := panelPart{Part: display.Part{Name: v.name}}
		if whole || readWhole(v.obj.Type()) {
			if value, ok := e.value(v.name); ok {
				part = safePart(v.name, value, list)
			}
		}
		part.Type = typeText(v.obj.Type())
		vars = append(vars, part)
	}
	declared := []display.Part{}
	defs := e.definitions()
	for _, name := range slices.Sorted(maps.Keys(defs)) {
		if len(declared) < mostInPanel {
			declared = append(declared, display.Part{Name: name, Type: cutTo(defs[name], 2*briefLength)})
		}
	}
	return map[string]any{
		"method": "state", "goroutines": rows, "more": alive - len(shown), "variables": vars, "declared": declared,
		"whole": alive == 0, "took": time.Since(start).Milliseconds(),
	}
}

// A panelPart is the line of a variable.
type panelPart struct {
	display.Part
	Size string `json:"size,omitempty"`
	// Waits says who waits for a channel.
	Waits string `json:"waits,omitempty"`
}

// panelFormat is gofmt's form of a cell, or why there is none.
func panelFormat(id int, source string) map[string]any {
	answer := map[string]any{"method": "formatted", "id": id}
	out, err := cell.Format([]byte(source))
	var list cell.ErrorList
	switch {
	case err == nil:
		answer["source"] = string(out)
	case errors.As(err, &list) && len(list) > 0:
		answer["error"] = fmt.Sprintf("line %d: %s", list[0].Pos.Line, list[0].Msg)
	default:
		answer["error"] = err.Error()
	}
	return answer
}

// whoWaits says which goroutines wait for a channel.
func whoWaits(ch reflect.Value, list []report.Info) string {
	var receive, send []string
	for i := range list {
		for _, w := range list[i].On {
			if !w.Is(ch.UnsafePointer()) {
				continue
			}
			if n := strconv.Itoa(list[i].Number); w.Send {
				send = append(send, n)
			} else {
				receive = append(receive, n)
			}
			break
		}
	}
	var says []string
	for _, end := range []struct {
		to  string
		who []string
	}{{"receive", receive}, {"send", send}} {
		switch n := len(end.who); {
		case n == 1:
			says = append(says, fmt.Sprintf("goroutine %s waits to %s", end.who[0], end.to))
		case n > mostNamed:
			says = append(says, fmt.Sprintf("%d goroutines wait to %s", n, end.to))
		case n > 1:
			says = append(says, fmt.Sprintf("goroutines %s wait to %s", spelling.List(end.who, "and"), end.to))
		}
	}
	return strings.Join(says, ", ")
}

// mostNamed is how many goroutines are told one by one.
const mostNamed = 5

// readWhole says whether a variable can be read while it is being written: it has
// one word, which is there whole, or is a channel, which knows how full it is.
func readWhole(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsBoolean|types.IsInteger|types.IsFloat) != 0
	case *types.Chan:
		return true
	}
	return false
}

// safePart is the line of a value whose methods may panic.
func safePart(name string, value any, list []report.Info) (part panelPart) {
	defer func() {
		if recover() != nil {
			part = panelPart{Part: display.Part{Name: name, Text: "?"}}
		}
	}()
	part.Part = display.PartOf(name, value)
	if f, foreign := value.(display.Foreign); foreign {
		value, _, _ = f.Show()
	}
	rv := reflect.ValueOf(value)
	part.Size = sizeOf(rv)
	if rv.IsValid() && rv.Kind() == reflect.Chan {
		part.Waits = whoWaits(rv, list)
	}
	return part
}

// panelParts are the parts of a variable, or of one of its parts.
func (e *Engine) panelParts(path []any) (parts []display.Part) {
	defer func() {
		if recover() != nil {
			parts = []display.Part{}
		}
	}()
	if len(path) == 0 || !slices.ContainsFunc(e.variables(), func(v variable) bool { return v.name == path[0] }) {
		return []display.Part{}
	}
	var indexes []int
	for _, x := range path[1:] {
		f, ok := x.(float64)
		if !ok {
			return []display.Part{}
		}
		indexes = append(indexes, int(f))
	}
	value, ok := e.value(path[0].(string))
	if !ok {
		return []display.Part{}
	}
	if parts = display.Parts(value, indexes); parts == nil {
		return []display.Part{}
	}
	return parts
}
