package check

import (
	_ "embed"
	"reflect"

	"github.com/gosched/gosched/kernel/facade"
)

// Path is how cells import the package, and Name what they call it.
const (
	Path = "gosched/check"
	Name = "check"
)

//go:embed api.go
var apiSource string

const inside = `package check

type run struct{}
`

// Package is the package as cells see it.
func Package() *facade.Package {
	return &facade.Package{
		Path: Path, Name: Name, Sources: []string{apiSource}, Inside: inside,
		About: "Package check checks concurrent functions: with several sizes, under several schedules, with virtual time, for races, deadlocks and goroutines that are left over.",
		Types: map[string]reflect.Type{"T": reflect.TypeFor[T](), "Option": reflect.TypeFor[Option]()},
	}
}

// Bind makes the functions of the package for one session.
func Bind(e Environment) map[string]reflect.Value {
	return Package().Bind(&api{checker{e}})
}
