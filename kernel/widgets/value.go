package widgets

import (
	"fmt"
	"strings"
)

// value is a widget with a value that people change.
type value[T any] struct {
	m         *model
	attribute string
	// fromState and toState translate where the front end has the value in
	// another form; nil if it has not.
	fromState func(any) (T, bool)
	toState   func(T) any
	feed      feed[T]
}

// newValue makes a widget whose state has the value as attribute.
func newValue[T any](h *Hub, attribute, styleKind string, s state) *value[T] {
	return newTranslated[T](h, attribute, styleKind, s, nil, nil)
}

func newTranslated[T any](h *Hub, attribute, styleKind string, s state, from func(any) (T, bool), to func(T) any) *value[T] {
	v := &value[T]{attribute: attribute, fromState: from, toState: to}
	v.m = &model{state: s, ended: v.feed.close, changed: func(sent state) state {
		if _, ok := sent[attribute]; ok {
			if x, ok := v.read(); ok {
				v.feed.send(x)
			}
		}
		return sent
	}}
	h.assemble(v.m, styleKind)
	return v
}

// read is the value in the state. The model's lock is held.
func (v *value[T]) read() (T, bool) {
	raw := v.m.state[v.attribute]
	if v.fromState != nil {
		return v.fromState(raw)
	}
	x, ok := raw.(T)
	return x, ok
}

func (v *value[T]) get() T {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	x, _ := v.read()
	return x
}

func (v *value[T]) set(x T) {
	raw := any(x)
	if v.toState != nil {
		raw = v.toState(x)
	}
	v.m.set(state{v.attribute: raw})
}

func (v *value[T]) values() <-chan T {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	ch := v.feed.subscribe(newest)
	v.m.hub.env.External(ch)
	return ch
}

// text is what stands where no widget can be drawn.
func (v *value[T]) text(kind, label string) string {
	s := kind
	if label != "" {
		s += " " + strings.TrimSuffix(label, ":")
	}
	return fmt.Sprintf("%s: %v", s, any(v.get()))
}
