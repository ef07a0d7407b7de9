package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/history"
)

var historyCommand = command{
	name: "history",
	usage: []usage{
		{"%history", "list the cells that have run in this session"},
		{"%history N", "list the last N cells of all sessions"},
		{"%history -g PATTERN", "list the cells of all sessions that match a pattern with *, ? and [...]"},
	},
	help:     "A cell of another session is listed as SESSION/NUMBER. A pattern without *, ? and [ is looked for anywhere in a cell.",
	complete: completeFirst("-g"),
	examples: []string{"%history", "%history 20", "%history -g errgroup"},
	line: func(ctx context.Context, in *invocation) error {
		if in.args == "" {
			for _, c := range in.engine.inputs.tail(mostInputs) {
				in.say("%s", listed(strconv.Itoa(c.number), c.source))
			}
			return nil
		}
		pattern, search := strings.CutPrefix(in.args, "-g ")
		n, err := strconv.Atoi(in.args)
		if !search && (err != nil || n < 0) {
			return in.misused()
		}
		if in.engine.history == "" {
			return fmt.Errorf("no cells are remembered beyond this session; %%history lists those of this one")
		}
		var failure error
		h := history.New(history.Options{Path: in.engine.history, Failed: func(err error) { failure = err }})
		var found []history.Entry
		if search {
			pattern = unquote(strings.TrimSpace(pattern))
			if !strings.ContainsAny(pattern, "*?[") {
				pattern = "*" + pattern + "*"
			}
			found = h.Search(ctx, pattern, true, mostFound)
		} else {
			found = h.Tail(ctx, n+1) // of which this cell is one
		}
		if err := h.Close(ctx); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		for i, e := range slices.Backward(found) {
			if e.Input == in.run.request.Source { // this cell
				found = slices.Delete(found, i, i+1)
				break
			}
		}
		if !search {
			found = found[max(len(found)-n, 0):]
		}
		if len(found) == 0 {
			in.say("no cell like that")
		}
		for _, e := range found {
			in.say("%s", listed(fmt.Sprintf("%d/%d", e.Session, e.Number), e.Input))
		}
		return nil
	},
}

// mostFound is how many cells a search lists.
const mostFound = 200

// listed is a cell in a list, its lines below each other.
func listed(number, source string) string {
	indent := "\n" + strings.Repeat(" ", len(number)+2)
	return number + "  " + strings.ReplaceAll(strings.TrimRight(source, "\n"), "\n", indent)
}
