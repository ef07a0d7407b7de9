package display

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/gosched/gosched/kernel/session"
)

// A Foreign is a value of a type that exists in an engine only: compiled code sees
// neither its name nor its methods.
type Foreign interface {
	// Show returns the value as one of a type with the same fields, and what its
	// own type is called; ok is false where there is no such type.
	Show() (v any, typeName string, ok bool)
	// Has reports whether the type has an exported method of that signature, and Invoke
	// calls it.
	Has(method string, sig reflect.Type) bool
	Invoke(method string, args ...any) []reflect.Value
}

// Call calls a method with one string result, if the value's type has it.
func Call(f Foreign, method string) (result string, ok bool) {
	if !f.Has(method, reflect.TypeFor[func() string]()) {
		return "", false
	}
	return f.Invoke(method)[0].String(), true
}

// asForeign is v as a foreign value, or the one that v stands for as a value of a library's
// interface.
func asForeign(v any) (f Foreign, ok bool) {
	if e, elsewhere := v.(interface {
		Self() any
		Has(method string, sig reflect.Type) bool
	}); elsewhere {
		v = e.Self()
	}
	f, ok = v.(Foreign)
	return f, ok
}

// foreign makes the bundle of a value of an engine's own type.
func foreign(f Foreign) session.Bundle {
	b := session.Bundle{Data: map[string]any{}}
	v, name, shown := f.Show()
	if shown && !isNil(v) {
		maps.Copy(b.Data, one(v).Data)
	}
	b.Data[mimeText] = foreignText(f, v, name, shown)
	for method, mime := range map[string]string{"HTML": mimeHTML, "Markdown": mimeMarkdown, "SVG": mimeSVG, "Latex": mimeLatex} {
		func() {
			defer func() { _ = recover() }() // the text form is there still
			if text, ok := Call(f, method); ok {
				b.Data[mime] = clean(text)
			}
		}()
	}
	return b
}

func foreignText(f Foreign, v any, name string, shown bool) string {
	for _, method := range []string{"Error", "String"} {
		text, ok := "", false
		if text, panicked := guard(func() string { text, ok = Call(f, method); return text }); ok && panicked == nil {
			return clean(text)
		}
	}
	if !shown {
		return clean(fmt.Sprintf("%+v", f))
	}
	p := &printer{limit: maxText, name: strings.TrimPrefix(mainQualifier.ReplaceAllString(name, ""), "*")}
	p.value(reflect.ValueOf(v), true)
	return clean(p.b.String())
}
