package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// TestCommandTable checks what help, completion and errors make of the table.
func TestCommandTable(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		if seen[c.name] {
			t.Errorf("%s is there twice", c.name)
		}
		seen[c.name] = true
		if elsewhere[c.name] != "" && c.name != "help" {
			t.Errorf("%s is said to be of other kernels only", c.name)
		}
		line, whole := false, false
		for _, u := range c.usage {
			name, _, _ := strings.Cut(u.form, " ")
			switch name {
			case "%" + c.name:
				line = true
			case "%%" + c.name:
				whole = true
			case "!COMMAND":
				line = c.name == shellCommand.name
			default:
				t.Errorf("%s is a form of %s", u.form, c.name)
			}
			if u.does == "" {
				t.Errorf("%s does what?", u.form)
			}
		}
		if len(c.examples) == 0 && c.name != engineCommand.name {
			t.Errorf("%s has no example", c.name)
		}
		if takes := c.takesArguments("%") || c.takesArguments("%%") || c.takesArguments("!"); takes && c.complete == nil {
			t.Errorf("nothing completes the arguments of %s", c.name)
		}
		if line != (c.line != nil) || whole != c.whole() {
			t.Errorf("%s: the forms %v do not fit what it can do", c.name, c.usage)
		}
	}
}

// What is no command is told before anything of the cell is parsed or run.
func TestContract5_UnknownCommands(t *testing.T) {
	for _, test := range []struct{ src, want, hint string }{
		{"\n// first\n%%nothing\n`", "cell 1:3:1: there is no command %%nothing", "%help lists what there is"},
		{"fmt.Print(\"ran\")\n%tim", "cell 1:2:1: there is no command %tim", "did you mean %%time?"},
		{"%kil 3\nfmt.Print(\"ran\")\n%leak", "cell 1:1:1: there is no command %kil (and 1 more)", "did you mean %kill?"},
		{"%go\nx :=", "cell 1:1:1: there is no command %go", "%get github.com"},
		{"%", "cell 1:1:1: the name of a command comes after %", "%help lists"},
		{"%%kill 3", "cell 1:1:1: %kill is a line of its own", "write %kill"},
		{"%time f()", "cell 1:1:1: %%time is for a whole cell", "write %%time"},
		{"fmt.Print(\"ran\")\n%leaks now", `cell 1:2:1: %leaks takes no arguments, but here is "now"`, ""},
		{"fmt.Print(\"ran\")\n%%time", "cell 1:2:1: syntax error: a line with %% must stand before the Go code of its cell", ""},

		{"!", "cell 1:1:1: a shell command comes after !", "!ls"},
		{"fmt.Print(\"ran\")\n%%bash\nls", "cell 1:2:1: syntax error: a line with %% must stand before the Go code of its cell", ""},
		{"display.Auto(1)", "cell 1:1:9: undefined: display.Auto", "display.Show(v)"},
		{"Display(1, 2)", "cell 1:1:1: undefined: Display", "display.Show(v)"},
		{"gonbui.DisplayHTML(\"x\")", "cell 1:1:1: undefined: gonbui", "display.HTML(s)"},
		{"import \"github.com/janpfeifer/gonb/gonbui\"", "cell 1:1:8: package \"github.com/janpfeifer/gonb/gonbui\" belongs to another kernel", "leave this import out"},
		{"func f[T constraints.Integer](x T) {}", "cell 1:1:10: undefined: constraints", "cmp.Ordered"},
		{"%rm", "cell 1:1:1: %rm is written %rm NAME…, and forgets what cells have declared", "!rm removes"},
		{"%capture out.txt\n1", "cell 1:1:1: %capture FILE is gonb's", "%%capture out"},
		{"!nosuch(1)", "cell 1:1:2: undefined: nosuch", "%sh nosuch(1)"},
		{"%bash ls", "cell 1:1:1: %%bash is for a whole cell", "write %%bash"},
		{"%ls -l", "cell 1:1:1: there is no command %ls", "!ls"},
		{":import \"net/http\"\nfmt.Print(\"ran\")", "cell 1:1:1: :import is gophernotes'", "write import \"net/http\""},
		{"fmt.Print(\"ran\")\n:doc fmt.Println", "cell 1:2:1: :doc is gophernotes'", "write %doc fmt.Println"},
		{":write", "cell 1:1:1: :write is gophernotes'", "write %save cells.go"},
		{":type", "cell 1:1:1: :type is gophernotes'", "write %doc NAME"},
		{":nosuch x", "cell 1:1:1: there is no command :nosuch", "%help lists them"},
		{"%with_inputs x", "cell 1:1:1: there is no command %with_inputs", "echo answer"},
	} {
		tr, r := open(t).exec(test.src)
		switch {
		case r.Failure == nil || r.Failure.Value != test.want:
			t.Errorf("%s\n%v, want %s", test.src, r.Failure, test.want)
		case !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), test.hint):
			t.Errorf("%s\n%q says nothing of %s", test.src, r.Failure.Traceback, test.hint)
		case tr.stdout() != "":
			t.Errorf("%s\nprinted %q", test.src, tr.stdout())
		}
	}
}

// What looks like a command and is Go.
func TestContract6_NoCommands(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"ok := false\n!ok", "=> true"},
		{"!strings.Contains(\n\t\"a\",\n\t\"b\",\n)", "=> true"},
		{"f := func() bool { return false }\n!f() &&\n\ttrue", "=> true"},
		{"a, b := 7,\n4\na %\nb", "=> 3"},
		{"`\n%kill\n!ls\n?x\n`", "=> \"\\n%kill\\n!ls\\n?x\\n\""},
		{"fmt.Print('?', \"x?\")", "63x?"},
		{"s := []int{1, 2, 3}\ns[1\t:\n2]", "=> [2]"},
		{"s := []int{1, 2, 3}\ns[\n:2]", "=> [1 2]"},
	} {
		if got := open(t).run(test.src); got != test.want {
			t.Errorf("%s\n%s, want %s", test.src, got, test.want)
		}
	}
}

func TestHelp(t *testing.T) {
	nb := open(t)
	all := nb.run("%help")
	for _, c := range commands() {
		if !strings.Contains(all, "\n  "+c.usage[0].form+" ") {
			t.Errorf("%%help says nothing of %s", c.title())
		}
		if !strings.Contains("\n"+all, "\n"+c.group+"\n") {
			t.Errorf("%%help has no %q", c.group)
		}
		for _, src := range []string{"%help " + c.name, "%help %" + c.name} {
			if got := nb.run(src); !strings.Contains(got, c.usage[0].form) || !strings.Contains(got, c.usage[0].does) {
				t.Errorf("%s: %s", src, got)
			}
		}
	}
	if _, r := nb.exec("%help kil"); r.Failure == nil || !strings.Contains(r.Failure.Value, "did you mean %kill?") {
		t.Errorf("%%help kil: %v", r.Failure)
	}
}

// The examples that help shows are cells.
func TestExamplesOfCommands(t *testing.T) {
	e := open(t).e
	for _, c := range commands() {
		for _, example := range c.examples {
			parsed, failure := e.parse("example", example)
			if failure == nil {
				failure = e.checkCommands(parsed)
			}
			if failure != nil {
				t.Errorf("%s\n%s", example, strings.Join(failure.Traceback, "\n"))
			}
		}
	}
}

func TestDoc(t *testing.T) {
	nb := open(t)
	nb.run("type Celsius float64\n// Warm asks.\nfunc (c Celsius) Warm() bool { return c > 20 }\ntemperature := Celsius(21)")
	for src, want := range map[string]string{
		"%doc fmt.Println":              "func fmt.Println(a ...any)",
		"fmt.Println?":                  "func fmt.Println(a ...any)",
		"?fmt.Println":                  "func fmt.Println(a ...any)",
		"?? temperature":                "temperature",
		"temperature.Warm ??":           "Warm asks.",
		"%kill?":                        "%kill cell N",
		"?%%time":                       "say how long",
		"x := 1\nstrings.Reader?":       "type strings.Reader struct",
		"%doc select":                   "select waits",
		"%doc widgets.IntSlider.Values": "Values returns a channel of its own",
		"%doc strings.Builder.String":   "String returns the accumulated string",
		"fmt.Print(\"\")\n%doc len":     "func len(v) int",
	} {
		tr, r := nb.exec(src)
		text := ""
		for _, ev := range tr.events {
			if d, ok := ev.(session.Display); ok {
				text, _ = d.Bundle.Data["text/plain"].(string)
			}
		}
		if r.Failure != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %v, shows %q", src, r.Failure, text)
		}
	}
	for src, want := range map[string]string{
		"fmt.Printn?": "nothing is known of fmt.Printn; did you mean fmt.Print, fmt.Printf or fmt.Println?",
		"temprature?": "nothing is known of temprature; did you mean temperature?",
		"?%kil":       "nothing is known of %kil; did you mean %kill?",
		"strigns.X?":  "nothing is known of strigns.X; did you mean strings?",
		"%doc":        "%doc is written %doc NAME; %help doc says more",
	} {
		if _, r := nb.exec(src); r.Failure == nil || r.Failure.Value != want {
			t.Errorf("%s: %v, want %s", src, r.Failure, want)
		}
	}
}

// Commands at the head of a cell are each around what follows, and decide how
// often it runs.
func TestCellCommands(t *testing.T) {
	nb := open(t)
	mark := func(name string) command {
		return command{name: name, usage: []usage{{"%%" + name + " N", "mark"}},
			cell: func(ctx context.Context, in *invocation, rest func(context.Context) ending) ending {
				in.say("%s(%s", name, in.args)
				defer in.say(")")
				return rest(ctx)
			}}
	}
	nb.e.commands = append(nb.e.commands, mark("outer"), mark("inner"),
		command{name: "twice", usage: []usage{{"%%twice", "run it twice"}},
			cell: func(ctx context.Context, _ *invocation, rest func(context.Context) ending) ending {
				if first := rest(ctx); first.failure != nil {
					return first
				}
				return rest(ctx)
			}},
		command{name: "never", usage: []usage{{"%%never", "run nothing"}},
			cell: func(context.Context, *invocation, func(context.Context) ending) ending { return ending{} }},
		command{name: "fails", usage: []usage{{"%fails", "fail"}},
			line: func(context.Context, *invocation) error { return errors.New("as it should") }},
	)
	for _, test := range []struct{ src, want string }{
		{"%%outer 1\n\n// a comment\n%%inner 2\nfmt.Println(\"x\")\n7", "outer(1\ninner(2\nx\n)\n)\n=> 7"},
		{"%%inner\n%%twice\nn := 1\nn++\nn", "inner(\n)\n=> 2"},
		{"%%twice\nfmt.Println(\"x\")", "x\nx\n"},
		{"%%never\nfmt.Println(\"x\")", ""},
		{"%%outer\n%help help\n7", "outer(\n%help       show what commands there are\n%help NAME  show how a command is used\n\nFor example:\n    %help kill\n    %help\n)\n=> 7"},
	} {
		if got := nb.run(test.src); got != test.want {
			t.Errorf("%s\n%q, want %q", test.src, got, test.want)
		}
	}
	tr, r := nb.exec("%%outer\nfmt.Println(\"x\")\n%fails\n8")
	if r.Failure == nil || r.Failure.Name != session.CommandError || r.Failure.Value != "as it should" || tr.stdout() != "outer(\nx\n)\n" {
		t.Errorf("%v, printed %q", r.Failure, tr.stdout())
	}
	if got := nb.run("%%time\n1"); !strings.HasPrefix(got, "took ") || !strings.HasSuffix(got, "=> 1") {
		t.Errorf("%%%%time: %q", got)
	}
}

func TestCommandCompletion(t *testing.T) {
	nb := open(t)
	nb.run("stay := make(chan int)\ngo func() { <-stay }()")
	for _, test := range []struct {
		src  string
		want []string
		more bool // there may be others
	}{
		{"%ki", []string{"%kill"}, false},
		{"%%ti", []string{"%%time"}, false},
		{"%kill ", []string{"2", "all", "cell"}, true},
		{"%kill cell ", []string{"1"}, false},
		{"%kill cell 1 ", nil, false},
		{"%help k", []string{"kill"}, false},
		{"%doc fmt.Printl", []string{"fmt.Println"}, false},
		{"%doc sta", []string{"stay"}, true},
		{"!cat $sta", []string{"stay"}, false},
		{"!cat \"${sta", []string{"stay"}, false},
		{"%%bash\necho a=$sta", []string{"stay"}, false},
		{"!tou", []string{"touch"}, true},
		{"!cat testdata/le", []string{"testdata/leaks/"}, false},
		{"!ls --file=testdata/le", []string{"testdata/leaks/"}, false},
	} {
		c, err := nb.e.Complete(t.Context(), test.src, len(test.src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text)
			if !strings.HasPrefix(m.Text, test.src[c.Start:c.End]) {
				t.Errorf("%s: %s for %s", test.src, m.Text, test.src[c.Start:c.End])
			}
		}
		for _, w := range test.want {
			if test.more && w == "2" {
				continue // whatever the number is
			}
			if !slices.Contains(got, w) {
				t.Errorf("%s: %v, want %s", test.src, got, w)
			}
		}
		if !test.more && len(got) != len(test.want) {
			t.Errorf("%s: %v, want %v", test.src, got, test.want)
		}
	}
	nb.run("%kill all")
}

// No name that the checker makes up is offered.
func TestCompletionOffersNames(t *testing.T) {
	nb := open(t)
	nb.run("type Point struct{ X, Y int }\nfunc init() {}\nx, err := 1, error(nil)")
	for _, src := range []string{"Point{", "", "c", "func init() {}\nfmt.Println(", "x := x + ", "a, err := f(); b, err := "} {
		c, err := nb.e.Complete(t.Context(), src, len(src))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range c.Matches {
			if strings.Contains(m.Text, "·") {
				t.Errorf("%q: %v", src, m)
			}
		}
	}
}

func TestContract5_DisplayImportsItself(t *testing.T) {
	nb := open(t)
	tr, r := nb.exec(`display.HTML("<b>x</b>")`)
	if r.Failure != nil || len(tr.events) == 0 {
		t.Errorf("%v, %v", r.Failure, tr.events)
	}
	if _, r := nb.exec("dispaly.HTML(\"x\")"); r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "did you mean display?") {
		t.Errorf("%v", r.Failure)
	}
}

func TestDumpCommand(t *testing.T) {
	for kind, made := range map[Kind][2]string{Direct: {"t0 = n + 1:int", "t0 = t * 2:T"}, Yaegi: {" = a0 + 1", " = a0 * 2"}} {
		e, err := Open(Options{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		nb := &notebook{t: t, e: e}
		nb.run("type T int\nfunc (t T) twice() T { return t * 2 }\nfunc f(n int) int { return n + 1 }\nfunc g[X any](x X) X { return x }")
		for line, want := range map[string]string{
			"%dump f":       made[0],
			"%dump T.twice": made[1],
			"%dump g":       "g has type parameters",
			"%dump h":       "h is no function of this session",
			"%dump":         "%dump is written %dump NAME",
		} {
			tr, r := nb.exec(line)
			said := tr.stdout()
			if r.Failure != nil {
				said = r.Failure.Value
			}
			if !strings.Contains(said, want) {
				t.Errorf("%s: %s says %q, want %q in it", kind, line, said, want)
			}
		}
	}
}
