package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/internal/notebook"
)

// put writes a file, which can be run if it is a script.
func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	mode := os.FileMode(0o644)
	if strings.HasPrefix(content, "#!") {
		mode = 0o755
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// A kernel that a busy machine upsets is asked again, but not without end: here it is
// right when it is asked for the given time.
func TestAskedAgain(t *testing.T) {
	for right, ok := range map[string]bool{"1": true, "4": true, "5": false} {
		dir := t.TempDir()
		program := filepath.Join(dir, "gosched")
		put(t, program, `#!/bin/sh
cd "`+dir+`"; echo >>asked
while [ "$1" != --save ]; do shift; done
if [ $(wc -l <asked) -ge `+right+` ]; then text=42; else text=6; fi
sed 's/"outputs": \[\]/"outputs": [{"output_type": "stream", "name": "stdout", "text": "'$text'\\n"}]/' "$3" >"$2"
`)
		file := lessonFile(t, "a.ipynb", "fmt.Println(6 * 7)", "42")
		err := run(t.Context(), t.TempDir(), program, true, []string{file})
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "a.ipynb does not show what it says") {
			t.Errorf("right when asked for time %s: %v", right, err)
		}
		nb, err := notebook.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if kept := len(nb.Cells[0].Outputs) == 1 && nb.Cells[0].Outputs[0].Text == "42\n"; kept != ok {
			t.Errorf("right when asked for time %s: kept are %+v", right, nb.Cells[0].Outputs)
		}
	}
}

// sphinx stands in for Sphinx: a page is the text that it is made of.
const sphinx = `#!/bin/sh
while [ $# -gt 2 ]; do shift; done
mkdir -p "$2"
for file in "$1"/*.ipynb "$1"/index.md; do name=$(basename "$file"); cp "$file" "$2/${name%.*}.html"; done
`

// toolless is a checkout in which what makes a book is there already, in the versions
// that are locked.
func toolless(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	requirements, err := locks.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	env := install.Environment{Dir: filepath.Join(root, ".test", "book", "venv"), Requirements: requirements}
	put(t, filepath.Join(env.Dir, "gosched-ready"), env.Hash())
	put(t, env.Bin("python"), "#!/bin/sh\n")
	put(t, env.Bin("sphinx-build"), sphinx)
	lock, err := locks.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	npm := filepath.Join(root, ".test", "book", "npm")
	put(t, filepath.Join(npm, "ready"), hex.EncodeToString(sum[:]))
	put(t, filepath.Join(npm, "node_modules", "mermaid", "dist", "mermaid.min.js"), "draw()")
	t.Setenv("PATH", filepath.Join(root, "tools")+":/usr/bin:/bin")
	return root
}

// A book is made of its frame, the lessons and Mermaid; what is amiss with them is told.
func TestMakeBook(t *testing.T) {
	root, out := toolless(t), t.TempDir()
	source, html := filepath.Join(out, "source"), filepath.Join(out, "html")
	put(t, filepath.Join(html, "stale.html"), "an older page")
	nb := notebook.New("fmt.Println(6 * 7)")
	nb.Cells[0].Outputs = []notebook.Output{{Type: notebook.Stream, Name: "stdout", Text: "42\n"}}
	lessons := []*lesson{{"01-one", nb}}
	if err := makeBook(t.Context(), root, source, out, lessons); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"source/_static/mermaid.min.js": "draw()", "source/_static/book.css": "", "source/_static/book.js": "", "source/conf.py": "mermaid",
		"html/01-one.html": `42\n`, "html/index.html": "# Concurrency in Go", "notebooks/01-one.ipynb": `42\n`,
	} {
		if text, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name))); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if _, err := os.Stat(filepath.Join(html, "stale.html")); !os.IsNotExist(err) {
		t.Errorf("an older page is still there: %v", err)
	}

	bin := filepath.Join(root, ".test", "book", "venv", "bin", "sphinx-build")
	put(t, bin, sphinx+"echo '<a href=\"gone.html\">' >\"$2/index.html\"\n")
	if err := makeBook(t.Context(), root, source, out, lessons); err == nil || !strings.Contains(err.Error(), `index.html: "gone.html"`) {
		t.Errorf("a link that leads nowhere: %v", err)
	}
	put(t, bin, "#!/bin/sh\necho WARNING: no such lesson; exit 1\n")
	if err := makeBook(t.Context(), root, source, out, lessons); err == nil || !strings.Contains(err.Error(), "WARNING: no such lesson") {
		t.Errorf("what Sphinx warns of: %v", err)
	}
	inTheWay := filepath.Join(out, "file")
	put(t, inTheWay, "")
	if err := makeBook(t.Context(), root, source, inTheWay, lessons); err == nil || !strings.Contains(err.Error(), inTheWay) {
		t.Errorf("a file where the book is to be: %v", err)
	}
	if err := makeBook(t.Context(), root, inTheWay, out, lessons); err == nil || !strings.Contains(err.Error(), inTheWay) {
		t.Errorf("a file where the source is to be: %v", err)
	}
	put(t, filepath.Join(root, ".test", "book", "venv", "gosched-ready"), "other versions")
	t.Setenv("GOSCHED_PYTHON", filepath.Join(root, "none"))
	if err := makeBook(t.Context(), root, source, out, lessons); err == nil || !strings.Contains(err.Error(), "GOSCHED_PYTHON") {
		t.Errorf("neither Sphinx nor Python: %v", err)
	}
	put(t, filepath.Join(root, ".test", "book", "npm", "ready"), "another version")
	t.Setenv("PATH", root)
	if err := makeBook(t.Context(), root, source, out, lessons); err == nil || !strings.Contains(err.Error(), "npm is not installed") {
		t.Errorf("neither Mermaid nor npm: %v", err)
	}
}

// Mermaid is fetched when another version is locked, once.
func TestModules(t *testing.T) {
	root := toolless(t)
	s := site{root: root}
	dir := filepath.Join(root, ".test", "book", "npm")
	put(t, filepath.Join(dir, "ready"), "another version")
	tool := filepath.Join(root, "tools", "npm")
	for _, tt := range []struct{ npm, problem string }{
		{"", "npm is not installed"},
		{"#!/bin/sh\necho no network; exit 1\n", "no network"},
		{"#!/bin/sh\n[ \"$1\" = ci ] && cp package-lock.json node_modules/fetched\n", ""},
		{"#!/bin/sh\necho again; exit 1\n", ""},
	} {
		if tt.npm == "" {
			t.Setenv("PATH", filepath.Dir(tool))
		} else {
			put(t, tool, tt.npm)
			t.Setenv("PATH", filepath.Dir(tool)+":/usr/bin:/bin")
		}
		modules, err := s.modules(t.Context())
		if (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
			t.Errorf("with npm %q: %v, want %q", tt.npm, err, tt.problem)
		}
		if err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(modules, "fetched")); err != nil {
			t.Errorf("with npm %q: %v", tt.npm, err)
		}
	}
}

// One command builds gosched, runs the notebooks of the checkout, and makes the book.
func TestWhole(t *testing.T) {
	root := toolless(t)
	lesson := lessonFile(t, "01-one.ipynb", "fmt.Println(6 * 7)", "")
	text, err := os.ReadFile(lesson)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(root, "notebooks", "01-one.ipynb"), string(text))
	put(t, filepath.Join(root, "notebooks", "notebooks.go"), "package notebooks\n")
	put(t, filepath.Join(root, "kernel"), "#!/bin/sh\nwhile [ \"$1\" != --save ]; do shift; done; cp \"$3\" \"$2\"\n")
	put(t, filepath.Join(root, "tools", "go"), `#!/bin/sh
case "$1 $2" in
"env GOMOD") echo "`+root+`/go.mod";;
"build -o") [ "$4" = ./cmd/gosched ] && cp "`+root+`/kernel" "$3";;
*) exit 1;;
esac
`)
	out := t.TempDir()
	wrong := run(t.Context(), out, "", false, nil)
	if wrong == nil || !strings.Contains(wrong.Error(), "01-one.ipynb does not show what it says") {
		t.Errorf("a notebook that shows nothing: %v", wrong)
	}
	if _, err := os.Stat(filepath.Join(out, "html")); !os.IsNotExist(err) {
		t.Errorf("there is a book of it: %v", err)
	}
	nb := notebook.New("x := 1")
	if err := nb.WriteFile(filepath.Join(root, "notebooks", "01-one.ipynb")); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), out, "", false, nil); err != nil {
		t.Fatal(err)
	}
	if page, err := os.ReadFile(filepath.Join(out, "html", "01-one.html")); err != nil || !strings.Contains(string(page), "x := 1") {
		t.Errorf("its page: %v\n%s", err, page)
	}
	put(t, filepath.Join(root, "tools", "go"), "#!/bin/sh\n[ $1 = env ] && echo \""+root+"/go.mod\"\n")
	if err := run(t.Context(), out, "", false, nil); err == nil || !strings.Contains(err.Error(), "build gosched") {
		t.Errorf("gosched does not compile: %v", err)
	}
}
