package display

import (
	"fmt"
	"html"
	"reflect"
	"strings"
	"unicode/utf8"
)

// How much of a value is in its tree.
const (
	maxNodes    = 2000     // in all
	maxChildren = 100      // of one node
	maxTree     = 80 << 10 // bytes of HTML
	maxPreview  = 100      // bytes of a folded value's text
	shortValue  = 80       // characters of a value that needs no tree
)

// A tree writes a value as HTML that unfolds, without a script: it works in
// notebooks that are only looked at, too.
type tree struct {
	b        strings.Builder
	nodes    int
	open     bool // what is at the top is unfolded: its line does not say it all
	visiting map[visit]bool
}

// treeOf returns the tree of a value, or "" where its line of text says as much:
// for what is short and has nothing nested in it.
func treeOf(v reflect.Value, text string) string {
	v = through(v)
	if !unfolds(v) || isList(v) && !hasNested(v) {
		return ""
	}
	short := utf8.RuneCountInString(text) <= shortValue
	if short && !hasNested(v) {
		return ""
	}
	t := &tree{open: !short, visiting: map[visit]bool{}}
	t.b.WriteString(`<div style="font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);line-height:1.45">`)
	t.node("", v, true)
	t.b.WriteString("</div>")
	return t.b.String()
}

// through looks through interfaces, and through pointers to what unfolds.
func through(v reflect.Value) reflect.Value {
	for range maxDepth {
		switch {
		case v.Kind() == reflect.Interface && !v.IsNil():
			v = v.Elem()
		case v.Kind() == reflect.Pointer && !v.IsNil() && !speaksForItself(v):
			v = v.Elem()
		default:
			return v
		}
	}
	return v
}

// speaksForItself says whether a value has one text instead of its parts.
func speaksForItself(v reflect.Value) bool {
	if !v.IsValid() {
		return false
	}
	if v.CanInterface() && speaks(v.Type()) {
		return true
	}
	_, ok := knownText(v)
	return ok
}

// unfolds says whether a value has parts to show.
func unfolds(v reflect.Value) bool {
	if !v.IsValid() || speaksForItself(v) {
		return false
	}
	switch v.Kind() {
	case reflect.Struct:
		return len(visibleFields(v.Type())) > 0
	case reflect.Map:
		return v.Len() > 0
	case reflect.Slice, reflect.Array:
		return v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8
	}
	return false
}

func isList(v reflect.Value) bool { return v.Kind() == reflect.Slice || v.Kind() == reflect.Array }

// hasNested says whether a part of v unfolds, too.
func hasNested(v reflect.Value) bool {
	for _, c := range childrenOf(v, maxChildren) {
		if unfolds(through(c.value)) {
			return true
		}
	}
	return false
}

// A child is a part of a value.
type child struct {
	label string
	value reflect.Value
}

func childrenOf(v reflect.Value, limit int) []child {
	var list []child
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range visibleFields(v.Type()) {
			list = append(list, child{f.Name, v.Field(f.Index[0])})
		}
	case reflect.Map:
		for _, e := range sortedEntries(v) {
			if len(list) == limit {
				break
			}
			label, cut := fragment(e.key, maxPreview)
			if cut {
				label += "…"
			}
			list = append(list, child{label, e.value})
		}
	case reflect.Slice, reflect.Array:
		for i := range min(v.Len(), limit) {
			list = append(list, child{fmt.Sprint(i), v.Index(i)})
		}
	}
	return list
}

// size is how many parts v has.
func size(v reflect.Value) int {
	if v.Kind() == reflect.Struct {
		return len(visibleFields(v.Type()))
	}
	return v.Len()
}

func (t *tree) node(label string, v reflect.Value, top bool) {
	t.nodes++
	v = through(v)
	p := &printer{limit: maxPreview}
	p.value(v, top)
	preview := clean(p.b.String())
	if p.full {
		preview += "…"
	}
	if label != "" {
		label = `<span style="font-weight:600">` + html.EscapeString(clean(label)) + "</span>: "
	}
	line := label + html.EscapeString(preview)
	at, again := t.enter(v)
	if again || !unfolds(v) || t.nodes > maxNodes || t.b.Len() > maxTree {
		// The room is for the triangle that the others have.
		fmt.Fprintf(&t.b, `<div style="padding-left:1.1em">%s</div>`, line)
		return
	}
	defer delete(t.visiting, at)
	open := ""
	if top && t.open {
		open = " open"
	}
	fmt.Fprintf(&t.b, `<details%s><summary style="cursor:pointer">%s</summary><div style="margin-left:1.1em">`, open, line)
	list := childrenOf(v, maxChildren)
	shown := 0
	for _, c := range list {
		if t.nodes > maxNodes || t.b.Len() > maxTree {
			break
		}
		t.node(c.label, c.value, false)
		shown++
	}
	if more := size(v) - shown; more > 0 {
		fmt.Fprintf(&t.b, `<div style="padding-left:1.1em">… %d more</div>`, more)
	}
	t.b.WriteString("</div></details>")
}

// enter notes that v is being unfolded, and says whether it was already.
func (t *tree) enter(v reflect.Value) (at visit, again bool) {
	switch v.Kind() {
	case reflect.Struct:
		if !v.CanAddr() {
			return at, false
		}
		at.p = v.Addr().Pointer()
	case reflect.Map:
		at.p = v.Pointer()
	case reflect.Slice:
		at.p, at.len = v.Pointer(), v.Len()
	default:
		return at, false
	}
	at.t = v.Type()
	if t.visiting[at] {
		return at, true
	}
	t.visiting[at] = true
	return at, false
}

// visibleFields are the fields of a struct that are shown: all of the types of
// cells, and the exported ones of the standard library's, whose insides say
// nothing to who uses them.
func visibleFields(t reflect.Type) []reflect.StructField {
	inside := isStandard(t)
	var list []reflect.StructField
	for f := range t.Fields() {
		if f.Name != "_" && (f.IsExported() || !inside) {
			list = append(list, f)
		}
	}
	return list
}

// isStandard says whether a type is of the standard library.
func isStandard(t reflect.Type) bool {
	path := t.PkgPath()
	first, _, _ := strings.Cut(path, "/")
	return path != "" && path != "main" && !strings.Contains(first, ".")
}
