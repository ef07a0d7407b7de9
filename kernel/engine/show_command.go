package engine

import (
	"context"
	"reflect"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/session"
)

// showCommands show the rest of a cell: each with a function of package display.
func showCommands() []command {
	var list []command
	for _, c := range []struct{ name, function, what, example string }{
		{"html", "HTML", "HTML", "%%html\n<b>bold</b>"},
		{"markdown", "Markdown", "Markdown", "%%markdown\nA *list*:\n- one\n- two"},
		{"latex", "Latex", "LaTeX", "%%latex\n$\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$"},
		{"svg", "SVG", "an SVG picture", "%%svg\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"60\"><circle cx=\"30\" cy=\"30\" r=\"25\"/></svg>"},
		{"mermaid", "Mermaid", "a Mermaid diagram", "%%mermaid\ngraph LR; producer --> channel --> consumer"},
	} {
		list = append(list, command{
			name:     c.name,
			usage:    []usage{{"%%" + c.name, "show the rest of the cell as " + c.what}},
			help:     "From Go, display." + c.function + " does the same.",
			examples: []string{c.example},
			text: func(_ context.Context, in *invocation, body string) error {
				here := display.Environment{Emitter: func() func(session.Event) { return in.run.exec.Emit }}
				show := display.Bind(here)[c.function]
				show.Call([]reflect.Value{reflect.ValueOf(body)})
				return nil
			},
		})
	}
	return append(list, javascriptCommand)
}

var javascriptCommand = command{
	name:     "javascript",
	usage:    []usage{{"%%javascript", "run the rest of the cell in the page, as JavaScript; element is its output"}},
	help:     "Front ends that are no web pages ignore it.",
	examples: []string{"%%javascript\nelement.textContent = 'hello'"},
	text: func(_ context.Context, in *invocation, body string) error {
		in.run.exec.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{
			"application/javascript": body, "text/plain": "(JavaScript)",
		}}})
		return nil
	},
}
