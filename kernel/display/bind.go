package display

import (
	"reflect"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/session"
)

// Path is how cells import the package.
const Path = "gosched/display"

// Bind makes the functions of the package for one session, by name. What they
// show is given to emit, on the goroutine that called them.
func Bind(emit func(session.Event)) map[string]reflect.Value {
	d := reflect.ValueOf(&api{emitter(emit)})
	functions := make(map[string]reflect.Value, d.NumMethod())
	for i := range d.NumMethod() {
		functions[d.Type().Method(i).Name] = d.Method(i)
	}
	return functions
}

// Types are the types of the package, by name.
func Types() map[string]reflect.Type {
	return map[string]reflect.Type{
		"Handle": reflect.TypeFor[Handle](),
		"Bar":    reflect.TypeFor[Bar](),
	}
}

type emitter func(session.Event)

func (emit emitter) show(data, metadata map[string]any, id string, update bool) {
	emit(session.Display{Bundle: session.Bundle{Data: data, Metadata: metadata}, ID: id, Update: update})
}

func (emit emitter) clear(wait bool) { emit(session.Clear{Wait: wait}) }

func (emit emitter) complain(text string) {
	emit(session.Stream{Name: "stderr", Text: text + "\n"})
}

// newID makes a display id. A front end keeps those of earlier sessions, so
// counting would meet old ones.
func (emit emitter) newID() string { return uuid.NewString() }
