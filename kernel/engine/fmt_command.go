package engine

import (
	"context"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/session"
)

var fmtCommand = command{
	name: "fmt",
	usage: []usage{
		{"%fmt", "run the cell and put gofmt's form of it in its place, without this line"},
		{"%%fmt", "the same without running it"},
		{"%fmt on", "do so with every cell that is run"},
		{"%fmt off", "leave cells as they are written"},
	},
	help:     "The notebook replaces the text of the cell. Consoles, and programs that run notebooks, leave it.",
	examples: []string{"%%fmt\nfor i:=0;i<3;i++{\nfmt.Println(i)}", "%fmt on"},
	line: func(_ context.Context, in *invocation) error {
		switch in.args {
		case "":
			in.run.rewrite = formatted(in.run.cell.Source, true)
		case "on", "off":
			in.engine.formats.Store(in.args == "on")
		default:
			return in.misused()
		}
		return nil
	},
	cell: func(_ context.Context, in *invocation, _ func(context.Context) ending) ending {
		if in.args != "" {
			return in.failed(in.misused())
		}
		in.run.rewrite = formatted(in.run.cell.Source, true)
		return ending{}
	},
	complete: func(_ *Engine, before []string, _ string) []session.Match {
		if len(before) > 0 {
			return nil
		}
		return []session.Match{{Text: "on", Kind: "magic"}, {Text: "off", Kind: "magic"}}
	},
}

// formatted is gofmt's form of a cell, or nothing where that is what it has or
// there is none. If asked to, it drops the line that asks for it.
func formatted(src []byte, drop bool) string {
	text := string(src)
	if drop {
		var lines []string
		for line := range strings.Lines(text) {
			if s := strings.TrimSpace(line); s != "%fmt" && s != "%%fmt" {
				lines = append(lines, line)
			}
		}
		text = strings.Join(lines, "")
	}
	out, err := cell.Format([]byte(text))
	if err != nil || string(out) == string(src) {
		return ""
	}
	return string(out)
}
