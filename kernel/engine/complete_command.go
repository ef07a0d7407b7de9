package engine

import (
	"context"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

// completeInText offers what can stand in text for a command: variables of the session
// after $, programs at the beginning of a line of the shell, files elsewhere.
func (e *Engine) completeInText(source string, cursor int) session.Completion {
	line := source[strings.LastIndexByte(source[:cursor], '\n')+1 : cursor]
	start := cursor - len(line) + strings.LastIndexAny(line, " \t\"'=") + 1
	var offer []session.Match
	first := strings.TrimLeft(line, " \t")
	if name := strings.LastIndexByte(line, '$'); name >= 0 && isName(strings.TrimPrefix(line[name+1:], "{")) {
		start = cursor - len(strings.TrimPrefix(line[name+1:], "{"))
		for _, v := range e.variables() {
			offer = append(offer, session.Match{Text: v.name, Kind: "variable", Signature: typeText(v.obj.Type())})
		}
	} else if strings.HasPrefix(first, "!") && !strings.ContainsAny(first, " \t/") {
		start = cursor - len(first) + 1
		offer = onPath(source[start:cursor])
	} else if start < cursor {
		offer = completeFiles(e, nil, source[start:cursor])
	}
	c := session.Completion{Start: start, End: cursor}
	for _, m := range offer {
		if strings.HasPrefix(m.Text, source[start:cursor]) {
			c.Matches = append(c.Matches, m)
		}
	}
	return c
}

// isName reports whether s is a name of Go, or the beginning of one.
func isName(s string) bool {
	return s == "" || token.IsIdentifier(s) || token.IsKeyword(s)
}

// onPath are the programs that the shell finds whose names begin like this.
func onPath(prefix string) []session.Match {
	if prefix == "" {
		return nil // there are thousands
	}
	var list []session.Match
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, f := range entries {
			if strings.HasPrefix(f.Name(), prefix) && !f.IsDir() {
				list = append(list, session.Match{Text: f.Name(), Kind: "function"})
			}
		}
	}
	slices.SortFunc(list, func(a, b session.Match) int { return strings.Compare(a.Text, b.Text) })
	list = slices.CompactFunc(list, func(a, b session.Match) bool { return a.Text == b.Text })
	return list[:min(len(list), mostFiles)]
}
