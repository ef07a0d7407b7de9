package engine

import (
	"context"

	"github.com/gosched/gosched/kernel/session"
)

var coverCommand = command{
	name: "cover",
	usage: []usage{
		{"%cover", "run the tests that %test runs, and mark the lines of the session's functions that they reach"},
		{"%cover REGEXP [-v] [-race] [-virtual] [-short] [-skip REGEXP] [-count N]", "do so with the tests of such names, of all cells"},
	},
	help: "Beside each line stands ✓ where the tests have reached it, ✗ where they have not, ~ where only a part of it; and for each function how many of its statements they have reached, as go test -cover counts them. " +
		"Tests, and functions that take a *testing.T, are not counted. A function literal that was made before is not counted either. %test -cover says the share alone.",
	examples: []string{"func Abs(n int) int {\n\tif n < 0 {\n\t\treturn -n\n\t}\n\treturn n\n}\n\nfunc TestAbs(t *testing.T) {\n\tif Abs(2) != 2 {\n\t\tt.Error(\"Abs(2) is not 2\")\n\t}\n}\n%cover", "%cover Abs", "%test -cover"},
	last:     true,
	line: func(ctx context.Context, in *invocation) error {
		c := &coverage{counts: true}
		err := in.test(ctx, c)
		if c.ran {
			in.say("%s", c.profile.Summary())
			in.run.exec.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{
				"text/plain": c.profile.Text(), "text/html": c.profile.HTML(),
			}}})
		}
		return err
	},
	complete: completeTests("Test", "-v", "-race", "-virtual", "-short", "-skip", "-count"),
}
