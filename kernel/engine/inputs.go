package engine

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gosched/gosched/kernel/session"
)

// An input is a cell that has run in this session.
type input struct {
	number         int
	source, origin string
	code           string // without commands
	failed         bool
}

// mostInputs bounds what is remembered.
const mostInputs = 10_000

// inputs are the session's cells in the order in which they ran.
type inputs struct {
	mu   sync.Mutex
	list []input
}

func (in *inputs) add(c session.Cell, code string, failed bool) {
	if c.Silent || c.Number == 0 {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.list = append(in.list, input{c.Number, c.Source, c.Origin, code, failed})
	if len(in.list) > mostInputs {
		in.list[0] = input{}
		in.list = in.list[1:] // appending moves the others now and then
	}
}

// tail are the last n.
func (in *inputs) tail(n int) []input {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.list[max(0, len(in.list)-n):])
}

// newest are those that did not fail; of a cell of the notebook that ran several
// times, the last.
func (in *inputs) newest() []input {
	in.mu.Lock()
	defer in.mu.Unlock()
	at := map[string]int{}
	var list []input
	for _, c := range in.list {
		if c.failed || strings.TrimSpace(c.source) == "" {
			continue
		}
		key := c.origin
		if key == "" {
			key = "\x00" + c.source
		}
		if i, ok := at[key]; ok {
			list[i].source = "" // it runs where it ran last
		}
		at[key] = len(list)
		list = append(list, c)
	}
	return slices.DeleteFunc(list, func(c input) bool { return c.source == "" })
}

// goText is the Go code of cells, one after the other.
func goText(cells []input) string {
	var b strings.Builder
	for _, c := range cells {
		if code := strings.TrimSpace(c.code); code != "" {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "// cell %d\n\n%s\n", c.number, code)
		}
	}
	return b.String()
}
