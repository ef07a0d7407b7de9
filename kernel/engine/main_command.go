package engine

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
)

// mainCommand is gonb's mark between declarations and what runs. Here statements
// run wherever they stand.
var mainCommand = command{
	name: "main",
	usage: []usage{
		{"%main [ARGUMENT…]", "a mark between declarations and what runs, as gonb has it; it may be left out"},
		{"%%main [ARGUMENT…]", "the same; %% alone is short for it"},
	},
	help:     "The arguments, if there are any, become os.Args. In a cell that uses package flag, flag.Parse() is called there.",
	complete: completeFiles,
	examples: []string{"who := flag.String(\"who\", \"world\", \"whom to greet\")\n%% -who=gopher\nfmt.Println(\"hello,\", *who)"},
	line: func(_ context.Context, in *invocation) error {
		setArguments(in.args)
		return nil
	},
	cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
		setArguments(in.args)
		return rest(ctx)
	},
}

func setArguments(args string) {
	if words := fields(args); len(words) > 0 {
		os.Args = append(os.Args[:1:1], words...)
	}
}

var argsCommand = command{
	name: "args",
	usage: []usage{
		{"%args ARGUMENT…", "set os.Args for the cells that follow"},
		{"%args", "show os.Args"},
	},
	help:     "Quotes keep words together. os.Args[0] stays as it is.",
	examples: []string{`%args -n 3 "two words"`},
	line: func(_ context.Context, in *invocation) error {
		words := fields(in.args)
		if len(words) == 0 {
			in.say("%q", os.Args[1:])
			return nil
		}
		os.Args = append(os.Args[:1:1], words...)
		return nil
	},
	complete: completeFiles,
	first:    true, // as gonb has it
}

// parseFlags puts flag.Parse() in the place of a main command in a cell that may
// use flags: it must come after their declaration and before their use. It returns
// nil where there is nothing to do.
func (e *Engine) parseFlags(c *cell.Cell) []byte {
	for _, m := range c.Magics {
		if e.command(m.Name) == nil || e.command(m.Name).name != mainCommand.name || m.Prefix != "%" && m.Prefix != "%%" {
			continue
		}
		e.mu.Lock()
		uses := e.session.Imports()["flag"] == "flag"
		e.mu.Unlock()
		if !uses && !strings.Contains(string(c.Source), "flag.") {
			return nil
		}
		text := "flag.Parse()"
		if words := fields(m.Args); len(words) > 0 {
			for i, w := range words {
				words[i] = strconv.Quote(w)
			}
			text = "os.Args = append(os.Args[:1:1], " + strings.Join(words, ", ") + "); " + text
		}
		at := int(m.Pos) - c.File.Base()
		src := string(c.Source)
		end := at + len(src[at:])
		if i := strings.IndexByte(src[at:], '\n'); i >= 0 {
			end = at + i
		}
		if strings.HasSuffix(strings.TrimRight(src[at:end], "\r"), `\`) {
			return nil // of several lines; the command itself sets os.Args
		}
		start := strings.LastIndexByte(src[:at], '\n') + 1 // without what gonb has before it
		return []byte(src[:start] + text + src[end:])
	}
	return nil
}

// fields splits arguments at spaces, quoted ones left whole.
func fields(s string) []string {
	var words []string
	var word strings.Builder
	quote, in := rune(0), false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, in = r, true
		case r == ' ' || r == '\t':
			if in {
				words = append(words, word.String())
				word.Reset()
			}
			in = false
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words
}
