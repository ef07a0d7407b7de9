package picture

import (
	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/session"
)

// Bundle returns the record's picture in all the forms that front ends choose
// from: interactive text/html, static image/svg+xml and text/plain.
func Bundle(r *observe.Record) session.Bundle {
	m := newModel(r)
	f := newFigure(m)
	svg := f.svg()
	return session.Bundle{Data: map[string]any{
		"text/html":     f.html(svg),
		"image/svg+xml": svg,
		"text/plain":    m.text(),
	}}
}
