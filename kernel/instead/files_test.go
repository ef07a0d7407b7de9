package instead

import (
	"os"
	"path/filepath"
	"testing"
)

// Programs may have other files for the standard streams, which package fmt then uses; a
// file's own methods reach it whatever it is.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) *os.File {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	stdin, stdout := os.Stdin, os.Stdout
	defer func() { os.Stdin, os.Stdout = stdin, stdout }()
	os.Stdin, os.Stdout = file("in", "1 2\n3\n4-5"), file("out", "")

	var c caller
	calls := func(name string, args ...any) {
		t.Helper()
		if _, err := call(c, name, args...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	calls("fmt.Print", []any{"a", 1})
	calls("fmt.Println", []any{"b", 2})
	calls("fmt.Printf", "%d\n", []any{3})
	calls("(*os.File).Write", os.Stdout, []byte("four "))
	calls("(*os.File).WriteString", os.Stdout, "five")
	if got, err := os.ReadFile(os.Stdout.Name()); err != nil || string(got) != "a1b 2\nformatted 3\nfour five" {
		t.Errorf("written is %q, %v", got, err)
	}

	var n [5]int
	calls("fmt.Scan", []any{&n[0]})
	calls("fmt.Scanln", []any{&n[1]})
	calls("fmt.Scanln", []any{&n[2]})
	calls("fmt.Scanf", "%d-%d", []any{&n[3], &n[4]})
	if n != [5]int{1, 2, 3, 4, 5} {
		t.Errorf("read are %v", n)
	}
	b := make([]byte, 3)
	calls("(*os.File).Read", file("other", "six"), b)
	if string(b) != "six" {
		t.Errorf("read is %q", b)
	}
}
