package course

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func course(content ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 0; i+1 < len(content); i += 2 {
		files[content[i]] = &fstest.MapFile{Data: []byte(content[i+1])}
	}
	return files
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func put(t *testing.T, content string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWorkIsNeverOverwritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	copied := func(files fstest.MapFS) Update {
		t.Helper()
		u, err := Copy(files, dir)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	first := course("a.ipynb", "a1", "b.ipynb", "b1", "c.ipynb", "c1", "notes.txt", "no notebook")
	if u := copied(first); len(u.New) != 3 || !strings.Contains(u.Says("mine"), "3 notebooks") {
		t.Errorf("first: %+v: %s", u, u.Says("mine"))
	}
	if u := copied(first); u.Kept != 3 || !strings.Contains(u.Says("mine"), "up to date") {
		t.Errorf("again: %+v: %s", u, u.Says("mine"))
	}
	put(t, "a: work", dir, "a.ipynb")
	if err := os.Remove(filepath.Join(dir, "c.ipynb")); err != nil {
		t.Fatal(err)
	}
	if u := copied(first); u.Kept != 3 {
		t.Errorf("with work, and nothing new: %+v", u)
	}

	second := course("a.ipynb", "a2", "b.ipynb", "b2", "c.ipynb", "c1", "d.ipynb", "d1")
	u := copied(second)
	if len(u.New) != 1 || len(u.Renewed) != 1 || len(u.Beside) != 1 || u.Kept != 1 {
		t.Errorf("second: %+v", u)
	}
	if says := u.Says("mine"); !strings.Contains(says, `worked in a.ipynb`) || !strings.Contains(says, `"a (new).ipynb"`) {
		t.Error(says)
	}
	for name, want := range map[string]string{"a.ipynb": "a: work", "a (new).ipynb": "a2", "b.ipynb": "b2", "d.ipynb": "d1"} {
		if got := read(t, dir, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "c.ipynb")); err == nil {
		t.Error("what the learner has deleted is back")
	}
	if u := copied(second); len(u.Beside) != 0 {
		t.Errorf("told twice: %+v", u)
	}
	put(t, "work here too", dir, "a (new).ipynb")
	copied(course("a.ipynb", "a3"))
	if got := read(t, dir, "a (new).ipynb"); got != "work here too" {
		t.Errorf("the new one, worked in, is %q", got)
	}
	if got := read(t, dir, "a (new 2).ipynb"); got != "a3" {
		t.Errorf("the third version is %q", got)
	}
}

func TestWithoutItsMemory(t *testing.T) {
	for _, broken := range []string{"", "{", `{"handed": null}`} {
		dir := t.TempDir()
		put(t, "work", dir, "a.ipynb")
		put(t, broken, dir, manifestName)
		u, err := Copy(course("a.ipynb", "a1"), dir)
		if err != nil || len(u.Beside) != 1 || read(t, dir, "a.ipynb") != "work" {
			t.Errorf("%q: %+v, %v", broken, u, err)
		}
	}
}

func TestNoPlace(t *testing.T) {
	dir := t.TempDir()
	put(t, "", dir, "file")
	if _, err := Copy(course("a.ipynb", "a1"), filepath.Join(dir, "file")); err == nil || !strings.Contains(err.Error(), "folder for the course") {
		t.Errorf("a file in the way: %v", err)
	}
}
