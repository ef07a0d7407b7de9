package cell_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gosched/gosched/kernel/cell"
)

func TestFormat(t *testing.T) {
	tests := []struct{ src, want string }{
		{"", ""},
		{"x:=1", "x := 1"},
		{"x:=1;", "x := 1"},
		{"f( 1 ) ; // no value", "f(1); // no value"},
		{"f( 1 ) // value\n", "f(1) // value\n"},
		{"// only a comment", "// only a comment"},
		{"x:=1;func f(){}", "x := 1\nfunc f() {}"},
		{"x:=1 // one\n\n\n// f does\nfunc f(){\nreturn}\ny:=f( )", "x := 1 // one\n\n\n// f does\nfunc f() {\n\treturn\n}\ny := f()"},
		{"%goroutines   \nx:=1\n  %kill  cell 4\nimport (\"os\"\n\"fmt\")", "%goroutines\nx := 1\n  %kill  cell 4\nimport (\n\t\"os\"\n\t\"fmt\"\n)"},
		{"type T struct{a int\nbcd string}\nfor i:=0;i<3;i++{\nf(i)}", "type T struct {\n\ta   int\n\tbcd string\n}\nfor i := 0; i < 3; i++ {\n\tf(i)\n}"},
		{"package main\nimport \"fmt\"\nfunc main(){fmt.Println( 1 )}\n", "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }\n"},
		{"func f(){}\n// the end\n", "func f() {}\n// the end\n"},
		{"s:=`a\n  b`\n", "s := `a\n  b`\n"},
		{"x:=1\nx+1 ,f( 2,3 ),\"a\"\n// end", "x := 1\nx + 1, f(2, 3), \"a\"\n// end"},
	}
	for _, tt := range tests {
		got, err := cell.Format([]byte(tt.src))
		if err != nil {
			t.Errorf("%q: %v", tt.src, err)
			continue
		}
		if string(got) != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.src, got, tt.want)
		}
		again, err := cell.Format(got)
		if err != nil || string(again) != string(got) {
			t.Errorf("%q: formatted twice is %q, %v", tt.src, again, err)
		}
	}
	var list cell.ErrorList
	if _, err := cell.Format([]byte("x := (")); !errors.As(err, &list) {
		t.Errorf("a syntax error gives %v", err)
	}
}

func FuzzFormat(f *testing.F) {
	f.Add(everyKind)
	files, _ := filepath.Glob("testdata/*.cell")
	for _, file := range files {
		if src, err := os.ReadFile(file); err == nil {
			f.Add(string(src))
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		got, err := cell.Format([]byte(src))
		if err != nil {
			return
		}
		if _, err := cell.Format(got); err != nil {
			t.Errorf("%q cannot be formatted again: %v", got, err)
		}
	})
}

func TestBalance(t *testing.T) {
	for src, want := range map[string]string{
		"f(":                       "f()",
		"f(a[":                     "f(a[])",
		"func f() {\n\tg(func() {": "func f() {\n\tg(func() {\n})\n}",
		"x":                        "x",
		"}":                        "}",
	} {
		if got := string(cell.Balance([]byte(src))); got != want {
			t.Errorf("%q: got %q, want %q", src, got, want)
		}
	}
}
