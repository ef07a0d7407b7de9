package facade

import (
	"go/importer"
	"go/token"
	"reflect"
	"strings"
	"testing"
)

type greeter struct{ name string }

func (g *greeter) Greet() string { return "hello " + g.name }

var pkg = &Package{
	Path: "gosched/greet", Name: "greet", About: "Package greet greets.",
	Sources: []string{`package greet

type api struct{ name string }

// Greet says hello.
func (a *api) Greet() string { return a.hidden() }

func (a *api) hidden() string { return "" }

// A Guest is somebody.
type Guest struct{ g guest }

// Name is what he is called.
func (g *Guest) Name() string { return "" }
`},
	Inside: "package greet\n\ntype guest struct{}\n",
}

func TestPackage(t *testing.T) {
	fset := token.NewFileSet()
	p, err := pkg.Declare(fset, importer.Default())
	if err != nil {
		t.Fatal(err)
	}
	if names := strings.Join(p.Scope().Names(), " "); names != "Greet Guest guest" {
		t.Errorf("it declares %s", names)
	}
	for name, want := range map[string]string{
		"": "Package greet greets.\n", "Greet": "Greet says hello.\n", "Guest": "A Guest is somebody.\n",
		"Guest.Name": "Name is what he is called.\n", "None": "", "api": "",
	} {
		if got := pkg.Doc(name); got != want {
			t.Errorf("the documentation of %q is %q, want %q", name, got, want)
		}
	}
	bound := pkg.Bind(&greeter{"you"})
	if got := bound["Greet"].Call(nil)[0].String(); len(bound) != 1 || got != "hello you" {
		t.Errorf("bound are %v", reflect.ValueOf(bound).MapKeys())
	}
}

// What is wrong with a source is said with the package.
func TestWrongSources(t *testing.T) {
	for _, source := range []string{"package greet; func", "package greet\n\nfunc F(x missing) {}"} {
		p := &Package{Path: "gosched/greet", Name: "greet", Sources: []string{source}}
		if _, err := p.Declare(token.NewFileSet(), importer.Default()); err == nil || !strings.HasPrefix(err.Error(), "declaring gosched/greet: ") {
			t.Errorf("of %q comes %v", source, err)
		}
	}
	if got := (&Package{Sources: []string{"no Go"}}).Doc("x"); got != "" {
		t.Errorf("its documentation is %q", got)
	}
}
