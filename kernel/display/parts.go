package display

import (
	"reflect"
	"strings"
)

// A Part is a value as one line of a tree whose branches are asked for when they
// are unfolded.
type Part struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Text    string `json:"value"`
	Unfolds bool   `json:"unfolds"`
}

// PartOf is the line of a value.
func PartOf(name string, v any) Part { return partOf(name, reflect.ValueOf(v)) }

func partOf(name string, v reflect.Value) Part {
	v = through(opened(v))
	p := Part{Name: clean(name), Type: describe(v), Unfolds: unfolds(v)}
	text, cut := fragment(v, maxPreview)
	if p.Text = clean(text); cut {
		p.Text += "…"
	}
	if v.IsValid() && (v.Kind() == reflect.Chan || v.Kind() == reflect.Func) {
		p.Text = strings.TrimSpace(strings.TrimPrefix(p.Text, p.Type)) // which it begins with
	}
	return p
}

// Parts are the parts of a value, at most a hundred, or of one of its parts: path
// has the index of each on the way there.
func Parts(v any, path []int) []Part {
	rv := through(opened(reflect.ValueOf(v)))
	for _, i := range path {
		if !unfolds(rv) {
			return nil
		}
		list := childrenOf(rv, maxChildren)
		if i < 0 || i >= len(list) {
			return nil
		}
		rv = through(opened(list[i].value))
	}
	if !unfolds(rv) {
		return nil
	}
	list := childrenOf(rv, maxChildren)
	parts := make([]Part, len(list))
	for i, c := range list {
		parts[i] = partOf(c.label, c.value)
	}
	return parts
}
