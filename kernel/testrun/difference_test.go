package testrun

import (
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	for _, test := range []struct{ name, printed, want string }{
		{"an example", "--- FAIL: ExampleF (0.00s)\ngot:\na\nb\nc\nwant:\na\nx\nc\nFAIL\n",
			"--- FAIL: ExampleF (0.00s)\ngot:\na\nb\nc\nwant:\na\nx\nc\n--- want\n+++ got\n a\n-x\n+b\n c\nFAIL\n"},
		{"an example of one line", "got:\na\nwant:\nb\nFAIL\n", "got:\na\nwant:\nb\nFAIL\n"},
		{"a test's own words", "    cell 1:2: F() got:\n        one\n        two\n        want:\n        one\n    cell 1:3: more\n",
			"    cell 1:2: F() got:\n        one\n        two\n        want:\n        one\n        --- want\n        +++ got\n         one\n        +two\n    cell 1:3: more\n"},
		{"quoted", "    cell 1:2: F() = \"a\\nb\\n\", want \"a\\nc\\n\"\n",
			"    cell 1:2: F() = \"a\\nb\\n\", want \"a\\nc\\n\"\n    --- want\n    +++ got\n     a\n    -c\n    +b\n"},
		{"quoted, of one line", "    cell 1:2: F() = \"a\", want \"b\"\n", "    cell 1:2: F() = \"a\", want \"b\"\n"},
		{"got alone", "got:\na\n--- FAIL: TestX (0.00s)\nwant:\n", "got:\na\n--- FAIL: TestX (0.00s)\nwant:\n"},
		{"nothing of the kind", "what I got: nothing\nPASS\n", "what I got: nothing\nPASS\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d Differences
			var b strings.Builder
			for line := range strings.Lines(test.printed) {
				before, after := d.Line(line)
				b.WriteString(before + line + after)
			}
			if b.String() != test.want {
				t.Errorf("got\n%swant\n%s", b.String(), test.want)
			}
		})
	}
}

func FuzzDifferences(f *testing.F) {
	f.Add("got:\na\nwant:\nb\nFAIL\n")
	f.Add("  x got:\n  a\n  want:\n  b\nz: \"a\\nb\", want \"c\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		var d Differences
		for line := range strings.Lines(text) {
			before, after := d.Line(line)
			for _, s := range []string{before, after} {
				if s != "" && !strings.HasSuffix(s, "\n") {
					t.Errorf("%q does not end its line", s)
				}
			}
		}
	})
}
