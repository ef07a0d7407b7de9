package display

import (
	"reflect"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/session"
)

// An Environment is what the functions of the package need of a session.
type Environment struct {
	// Emitter returns what the cell of the calling goroutine shows things with,
	// also after its end.
	Emitter func() func(session.Event)
	// Receive calls each with what comes out of a channel, in a goroutine of the
	// calling goroutine's cell, until the channel is closed.
	Receive func(ch <-chan float64, each func(float64))
}

// Bind makes the functions of the package for one session, by name. What they
// show goes to the cell of the goroutine that calls them.
func Bind(env Environment) map[string]reflect.Value {
	return Package().Bind(&api{emitter{env}})
}

// sink is where the functions of one session send what they show.
type sink interface {
	show(data map[string]any, metadata map[string]any, id string, update bool)
	clear(wait bool)
	complain(text string)
	newID() string
	// put shows content, or says what is wrong with it.
	put(c content, id string, update bool)
	// receive calls each with what comes out of a channel.
	receive(ch <-chan float64, each func(float64))
	// here is the sink of the cell of the calling goroutine, for all goroutines.
	here() sink
}

type emitter struct{ env Environment }

func (e emitter) show(data, metadata map[string]any, id string, update bool) {
	e.env.Emitter()(session.Display{Bundle: session.Bundle{Data: data, Metadata: metadata}, ID: id, Update: update})
}

func (e emitter) put(c content, id string, update bool) {
	if c.err != "" {
		e.complain(c.err)
		return
	}
	e.show(c.data, c.metadata, id, update)
}

func (e emitter) clear(wait bool) { e.env.Emitter()(session.Clear{Wait: wait}) }

func (e emitter) complain(text string) {
	e.env.Emitter()(session.Stream{Name: session.Stderr, Text: text + "\n"})
}

func (e emitter) receive(ch <-chan float64, each func(float64)) { e.env.Receive(ch, each) }

func (e emitter) here() sink {
	emit := e.env.Emitter()
	e.env.Emitter = func() func(session.Event) { return emit }
	return e
}

// newID makes a display id. A front end keeps those of earlier sessions, so
// counting would meet old ones.
func (e emitter) newID() string { return uuid.NewString() }
