package tasks

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadClass(t *testing.T) {
	path := filepath.Join(t.TempDir(), "class.json")
	if _, err := ReadClass(path); err == nil || !strings.Contains(err.Error(), "what the class has done") {
		t.Errorf("without a file: %v", err)
	}
	for text, want := range map[string]*Class{
		`{"learners":3,"tasks":{"sum":{"done":2,"names":["a","b"]}}}`: {Learners: 3, Tasks: map[string]ClassTask{"sum": {Done: 2, Names: []string{"a", "b"}}}},
		`{"learners":`: nil,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadClass(path)
		if !reflect.DeepEqual(got, want) || (err == nil) != (want != nil) {
			t.Errorf("of %s comes %+v, %v", text, got, err)
		}
	}
}

// A task is found by what it declares, and by its notebook.
func TestDeclared(t *testing.T) {
	c := &Course{Tasks: []Task{
		{Name: "one", Notebook: "a", Given: "func Sum(xs []int) int { return 0 }"},
		{Name: "two", Notebook: "b", Given: "type Stack struct{}\nfunc Sum() {}"},
		{Name: "one", Notebook: "b", Given: "x := 1"},
	}}
	for source, want := range map[string]string{
		"func Sum(xs []int) int {\n\treturn 1\n}":             "a/one",
		"// mine\ntype Stack []int\nfunc (s Stack) Push() {}": "b/two",
		"func Other() {}": "",
		"1 + 1":           "",
	} {
		got := ""
		if task := c.Declared(source); task != nil {
			got = task.Notebook + "/" + task.Name
		}
		if got != want {
			t.Errorf("%q declares %q, want %q", source, got, want)
		}
	}
	if c.Find("b/one") != &c.Tasks[2] || c.Find("one") != &c.Tasks[0] || c.Find("b/none") != nil {
		t.Error("another task is found")
	}
}

// What is wrong with a course is said with the notebook in which it is.
func TestReadErrors(t *testing.T) {
	notebook := func(answer string) string {
		return `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"markdown","id":"q","source":"* **a** yes\n* **b** no\n",` +
			`"metadata":{"gosched":{"role":"question","answer":"` + answer + `"}}}]}`
	}
	for text, want := range map[string]string{
		"no JSON":     "notebook x.ipynb",
		notebook("c"): `cell q: the answer "c" is none of the choices "ab"`,
		notebook("b"): "",
	} {
		c, err := Read(fstest.MapFS{"x.ipynb": {Data: []byte(text)}})
		if want == "" {
			if err != nil || len(c.Questions) != 1 || c.Questions[0].Answer != "b" {
				t.Errorf("%+v, %v", c, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("of %s comes %v, want %s", text, err, want)
		}
	}
	if _, err := Read(unreadable{fstest.MapFS{"x.ipynb": {}}}); err == nil {
		t.Error("a file that cannot be read is")
	}
}

type unreadable struct{ fstest.MapFS }

func (unreadable) ReadFile(string) ([]byte, error) { return nil, fs.ErrPermission }

// Where the file cannot be, that is said.
func TestRecordErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("none\n{\"task\":\"x\"}\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := (Record{Path: file}).Read(); err != nil || len(all) != 1 || all[0].Task != "x" {
		t.Errorf("beside lines that are none: %v, %v", all, err)
	}
	for _, path := range []string{filepath.Join(file, "below"), filepath.Dir(file)} {
		if err := (Record{Path: path}).Add(Entry{Task: "y"}); err == nil || !strings.Contains(err.Error(), "your progress") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := (Record{}).Add(Entry{Task: "y"}); err != nil {
		t.Errorf("nothing is kept: %v", err)
	}
	if all, err := (Record{}).Read(); all != nil || err != nil {
		t.Errorf("nothing is kept: %v, %v", all, err)
	}
}
