package engine

import (
	"context"

	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/session"
)

// completeFirst offers words in the place of the first argument.
func completeFirst(words ...string) func(*Engine, []string, string) []session.Match {
	var list []session.Match
	for _, w := range words {
		list = append(list, session.Match{Text: w, Kind: "magic"})
	}
	return func(_ *Engine, before []string, _ string) []session.Match {
		if len(before) > 0 {
			return nil
		}
		return list
	}
}

// completeModules offers what %get takes, and the modules that there are.
func completeModules(e *Engine, before []string, _ string) []session.Match {
	var list []session.Match
	if len(before) == 0 {
		list = append(list,
			session.Match{Text: "-t", Kind: "magic", Signature: "also what tests need"},
			session.Match{Text: "-save", Kind: "magic", Signature: "write go.mod and go.sum"},
			session.Match{Text: "-auto", Kind: "magic", Signature: "on or off"})
	}
	switch {
	case len(before) == 1 && before[0] == "-auto":
		return []session.Match{{Text: "on", Kind: "magic"}, {Text: "off", Kind: "magic"}}
	case len(before) > 0 && before[0] != "-t", e.modules.err != nil:
		return list
	}
	have, err := e.modules.session.Modules(context.Background())
	if err != nil {
		return list
	}
	for _, m := range have {
		if !m.Main {
			list = append(list, session.Match{Text: m.Path, Kind: "module", Signature: m.Version})
		}
	}
	return list
}

// showSeeds has %%replay offer the seeds of an exploration.
func (e *Engine) showSeeds(rows []explore.Row) {
	var list []session.Match
	for _, r := range rows {
		list = append(list, session.Match{Text: r.Example.Seed.String(), Kind: "magic", Signature: r.Outcome.Message})
	}
	e.seeds.Store(&list)
}

// completeSeeds offers the seeds of the last exploration.
func completeSeeds(e *Engine, before []string, _ string) []session.Match {
	if list := e.seeds.Load(); list != nil && len(before) == 0 {
		return *list
	}
	return nil
}
