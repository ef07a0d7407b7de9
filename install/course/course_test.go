package course

import (
	"io/fs"
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

// Whatever is in the way of a notebook is told, and what came before it is kept in mind.
func TestInTheWay(t *testing.T) {
	files := course("a.ipynb", "a1", "b.ipynb", "b1")
	for _, tt := range []struct {
		name   string
		before func(t *testing.T, dir string)
		words  string
	}{
		{"a folder in a notebook's place", func(t *testing.T, dir string) { mkdir(t, dir, "b.ipynb") }, "the notebook that is there"},
		{"a folder beside it", func(t *testing.T, dir string) { put(t, "work", dir, "b.ipynb"); mkdir(t, dir, "b (new).ipynb") }, "find a name beside b.ipynb"},
		{"a folder in the place of its memory", func(t *testing.T, dir string) { mkdir(t, dir, manifestName) }, "what the folder has of the course"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.before(t, dir)
			if _, err := Copy(files, dir); err == nil || !strings.Contains(err.Error(), tt.words) {
				t.Errorf("the error is %v, want %q", err, tt.words)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".gosched-course-*")); len(left) != 0 {
				t.Errorf("left is %q", left)
			}
			if tt.words == "what the folder has of the course" {
				return
			}
			if err := os.RemoveAll(filepath.Join(dir, "b.ipynb")); err != nil {
				t.Fatal(err)
			}
			if u, err := Copy(course("a.ipynb", "a2", "b.ipynb", "b1"), dir); err != nil || len(u.Renewed) != 1 || len(u.New) != 1 {
				t.Errorf("with nothing in the way: %+v, %v", u, err)
			}
		})
	}
}

func mkdir(t *testing.T, path ...string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(path...), 0o755); err != nil {
		t.Fatal(err)
	}
}

// A course that cannot be read is told of, and nothing is half written.
func TestUnreadable(t *testing.T) {
	files := course("a.ipynb", "a1", "b.ipynb", "b1")
	files["b.ipynb"].Mode = fs.ModeDir
	dir := t.TempDir()
	if _, err := Copy(files, dir); err == nil || !strings.Contains(err.Error(), "b.ipynb") {
		t.Errorf("the error is %v", err)
	}
}

func TestSays(t *testing.T) {
	for _, tt := range []struct {
		update Update
		words  []string
	}{
		{Update{New: []string{"a", "b"}}, []string{"is in mine: 2 notebooks", "nothing overwrites"}},
		{Update{Kept: 3}, []string{"mine is up to date"}},
		{Update{New: []string{"a"}, Renewed: []string{"b"}, Kept: 1}, []string{"mine has taken in", "new: a\n", "new: b\n"}},
		{Update{Beside: [][2]string{{"a", "a (new)"}}}, []string{"has taken in", "worked in a; its new version is beside it, \"a (new)\""}},
	} {
		for _, words := range tt.words {
			if says := tt.update.Says("mine"); !strings.Contains(says, words) {
				t.Errorf("%+v says %q, without %q", tt.update, says, words)
			}
		}
	}
}
