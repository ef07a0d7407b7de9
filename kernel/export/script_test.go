package export

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/stdlib"
)

// The files of a program come together in one, whatever they call what they import.
func TestScript(t *testing.T) {
	template := func(name string) []byte {
		text, err := templates.ReadFile("templates/" + name + ".go.txt")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	m := &Module{Files: map[string][]byte{
		"main.go": []byte(`// Command lesson is a notebook.
package main

import (
	"fmt"
	slices "sort"

	"example.com/lesson/display"
)

func main() {
	list := []int{2, 1}
	slices.Ints(list) // sorts them
	show(list)
	display.Text("text")
	var c *display.Chart = display.NewChart("")
	func() {
		display := texts{}
		fmt.Println(display.Text, c)
	}()
	mayFail(displayText)
	rest()
}

type texts struct{ Text int }

func displayText() { pause() }
`),
		"main_test.go": []byte(`// These are the notebook's tests.

package main

import (
	"fmt"
	"testing"
)

func TestA(t *testing.T) { fmt.Println(t.Name()) }
`),
		"show.go":            template("show"),
		"rest.go":            template("rest"),
		"fail.go":            template("fail"),
		"display/display.go": template("display"),
		"go.mod":             []byte("module example.com/lesson\n\ngo 1.26\n\nrequire (\n\texample.com/a v1.2.3\n\texample.com/b v1.0.0 // indirect\n)\n"),
	}}
	text, err := m.Script("example.com/lesson")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "lesson.go", text, parser.ParseComments)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if _, err := (&types.Config{Importer: stdlib.NewImporter(fset)}).Check("main", fset, []*ast.File{f}, nil); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	for _, want := range []string{
		"// Command lesson is a notebook.\n", "go get example.com/a@v1.2.3\npackage main\n", "slices.Ints(list) // sorts them", "slices_.SortFunc(",
		"display_Text(\"text\")", "var c *display_Chart = display_NewChart(\"\")", "fmt.Println(display.Text, c)", "func TestA(",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it does not have %q:\n%s", want, text)
		}
	}
	again, err := m.Script("example.com/lesson")
	if err != nil || string(again) != string(text) {
		t.Errorf("a second time it is another: %v", err)
	}
}
