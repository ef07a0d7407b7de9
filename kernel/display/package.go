package display

import (
	_ "embed"
	"reflect"

	"github.com/gosched/gosched/kernel/facade"
)

// Path is how cells import the package, and Name what they call it.
const (
	Path = "gosched/display"
	Name = "display"
)

//go:embed api.go
var apiSource string

//go:embed apichart.go
var chartSource string

const inside = `package display

type sink interface{}
type canvas struct{}
`

// Package is the package as cells see it.
func Package() *facade.Package {
	return &facade.Package{
		Path: Path, Name: Name, Sources: []string{apiSource, chartSource}, Inside: inside,
		About: "Package display shows pictures, charts, tables, HTML, diagrams, sound and progress in a notebook.",
		Types: map[string]reflect.Type{
			"Handle": reflect.TypeFor[Handle](),
			"Bar":    reflect.TypeFor[Bar](),
			"Chart":  reflect.TypeFor[Chart](),
		},
	}
}
