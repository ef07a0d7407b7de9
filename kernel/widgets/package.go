package widgets

import (
	_ "embed"
	"reflect"

	"github.com/gosched/gosched/kernel/facade"
)

// Path is how cells import the package, and Name what they call it.
const (
	Path = "gosched/widgets"
	Name = "widgets"
)

//go:embed api.go
var apiSource string

const inside = `package widgets

type model struct{}
type value[T any] struct{}
type button struct{}
type area struct{}
type face struct {
	model *model
	text  func() string
}
`

// Package is the package as cells see it.
func Package() *facade.Package {
	return &facade.Package{
		Path: Path, Name: Name, Sources: []string{apiSource}, Inside: inside,
		About: "Package widgets has sliders, buttons and other controls whose values come out of channels.\n\n" +
			"\tspeed := widgets.NewIntSlider(\"speed\", 1, 10, 3)\n" +
			"\tspeed.Show()\n" +
			"\tfor v := range speed.Values() {\n" +
			"\t\tfmt.Println(\"now\", v)\n" +
			"\t}\n\n" +
			"They are drawn by ipywidgets, which `gosched lab` brings along; elsewhere a line of text stands in their place.",
		Types: map[string]reflect.Type{
			"Widget":      reflect.TypeFor[Widget](),
			"IntSlider":   reflect.TypeFor[IntSlider](),
			"FloatSlider": reflect.TypeFor[FloatSlider](),
			"Number":      reflect.TypeFor[Number](),
			"Text":        reflect.TypeFor[Text](),
			"TextArea":    reflect.TypeFor[TextArea](),
			"Checkbox":    reflect.TypeFor[Checkbox](),
			"Dropdown":    reflect.TypeFor[Dropdown](),
			"Play":        reflect.TypeFor[Play](),
			"Button":      reflect.TypeFor[Button](),
			"Progress":    reflect.TypeFor[Progress](),
			"Label":       reflect.TypeFor[Label](),
			"Output":      reflect.TypeFor[Output](),
			"Box":         reflect.TypeFor[Box](),
		},
	}
}

// Bind makes the functions of the package for one session, by name.
func Bind(h *Hub) map[string]reflect.Value { return Package().Bind(&api{h}) }
