package cell_test

import (
	"go/token"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
)

// TestMagics tells lines that are commands from Go that looks like them.
func TestMagics(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"%a", "% a "},
		{"  %a  b c \r\nx := 1", "% a b c"},
		{"%%a\n// comment\n\n%%b c\n%d", "%% a |%% b c|% d "},
		{"x := 1\n%%a", "%% a "},
		{"%", "%  "},
		{"%%", "%%  "},
		{"!ls", ""},
		{"!ls -l *.go | wc", "!  ls -l *.go | wc"},
		{"!*go mod tidy", "!  *go mod tidy"},
		{"!*pwd", ""},
		{"$ls -l", "!  ls -l"},
		{"$ ls", "!  ls"},
		{"!", "!  "},
		{"!a &&", ""},
		{"!f(", ""},
		{"x := 1; !cd ..", ""},
		{"if true {\n!cd ..\n}", ""},
		{"!echo \"`", "!  echo \"`"},
		{"x?", "?  x"},
		{"x := 1\nfmt.Println ??\ny := 2", "?  fmt.Println"},
		{"? x", "?  x"},
		{"??%kill", "?  %kill"},
		{"%kill?", "?  %kill"},
		{"%%time??", "?  %%time"},
		{"x := y?", ""},
		{"x +\ny?", ""},
		{"(\ny?", ""},
		{"x ? y : z", ""},
	} {
		c, _ := cell.Parse(token.NewFileSet(), "cell 1", []byte(tt.src))
		var got []string
		for _, m := range c.Magics {
			got = append(got, m.Prefix+" "+m.Name+" "+m.Args)
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%q: %q, want %q", tt.src, strings.Join(got, "|"), tt.want)
		}
	}
}
