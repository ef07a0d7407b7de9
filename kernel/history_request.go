package kernel

import (
	"context"

	"github.com/gosched/gosched/kernel/history"
)

// historyRequest answers with cells as [session, number, input], or with
// output as [session, number, [input, output]].
func (k *Kernel) historyRequest(ctx context.Context, r *request) (any, error) {
	var c struct {
		Output  bool   `json:"output"`
		Access  string `json:"hist_access_type"`
		Session int    `json:"session"`
		Start   int    `json:"start"`
		Stop    *int   `json:"stop"`
		N       *int   `json:"n"`
		Pattern string `json:"pattern"`
		Unique  bool   `json:"unique"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	all := -1
	if c.N == nil {
		c.N = &all
	} else if *c.N < 0 {
		*c.N = 0
	}
	var found []history.Entry
	switch c.Access {
	case "tail":
		found = k.history.Tail(ctx, *c.N)
	case "range":
		found = k.history.Range(ctx, c.Session, c.Start, c.Stop)
	case "search":
		if c.Pattern == "" {
			c.Pattern = "*"
		}
		found = k.history.Search(ctx, c.Pattern, c.Unique, *c.N)
	default:
		return nil, malformed("field %q is %q, but must be \"tail\", \"range\" or \"search\"", "hist_access_type", c.Access)
	}
	items := make([][3]any, len(found))
	for i, e := range found {
		items[i] = [3]any{e.Session, e.Number, e.Input}
		if c.Output {
			items[i][2] = [2]any{e.Input, e.Output}
		}
	}
	return map[string]any{"status": "ok", "history": items}, nil
}
