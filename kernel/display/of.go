package display

import (
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"image"
	"maps"
	"reflect"
	"strings"

	"github.com/gosched/gosched/kernel/session"
)

// Of says how the value of an expression is shown; of several values when the
// expression is a call with several results, or of a list of expressions. There
// is always a text/plain form: what fmt's %+v gives, with strings quoted, type
// names, and no addresses. Bytes that are text are shown as text, errors with
// what they wrap, and what packages keep to themselves (locks, readers) by what
// it is at. It is cut where it gets long, ends on cyclic values, and survives
// methods that panic.
//
// Richer forms come from the value: pictures (image.Image), tables (slices of
// structs), trees that unfold (structs, maps and lists with something in them),
// and what the methods HTML, Markdown, SVG and Latex, each with one
// string result, or MimeBundle() map[string]any return.
func Of(values ...any) session.Bundle {
	if len(values) == 1 {
		return one(values[0])
	}
	// Several values are one line of text, as Go writes lists.
	var texts []string
	var bundles []session.Bundle
	rich, nils := -1, 0 // the last that has a richer form, and what is nil
	long := false
	for i, v := range values {
		b := one(v)
		text := b.Data[mimeText].(string)
		long = long || strings.Contains(text, "\n")
		texts = append(texts, text)
		bundles = append(bundles, b)
		if len(b.Data) > 1 {
			rich = i
		} else if isNil(v) {
			nils++
		}
	}
	separator := ", "
	if long {
		separator = "\n"
	}
	b := session.Bundle{Data: map[string]any{}}
	switch {
	case rich < 0:
	case nils == len(values)-1:
		b = bundles[rich] // as of (picture, error)
	default:
		b.Data[mimeHTML] = column(bundles)
	}
	b.Data[mimeText] = strings.Join(texts, separator)
	return b
}

// column is HTML that shows values below each other.
func column(bundles []session.Bundle) string {
	var out strings.Builder
	for _, b := range bundles {
		out.WriteString("<div>" + asHTML(b) + "</div>\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// asHTML is a value within HTML, as far as that can show it.
func asHTML(b session.Bundle) string {
	for _, mime := range []string{mimeHTML, mimeSVG} {
		if s, ok := b.Data[mime].(string); ok {
			return s
		}
	}
	if s, ok := b.Data[mimePNG].(string); ok {
		return `<img src="data:image/png;base64,` + s + `">`
	}
	text, _ := b.Data[mimeText].(string)
	return "<pre>" + html.EscapeString(text) + "</pre>"
}

// one makes the bundle of one value.
func one(v any) session.Bundle {
	if f, ok := asForeign(v); ok {
		return foreign(f)
	}
	b := session.Bundle{Data: map[string]any{mimeText: Text(v)}}
	add := func(c content) {
		if c.err == "" {
			maps.Copy(b.Data, c.data)
			b.Metadata = c.metadata
		}
	}
	if isNil(v) {
		return b
	}
	img, ok := v.(image.Image)
	if _, area := v.(image.Rectangle); area {
		ok = false // an image by its methods, but what people mean are its corners
	}
	if ok {
		add(safely(func() content { return imageContent(img) }))
		return b
	}
	found := false
	if rv := reflect.ValueOf(v); rv.Type() == reflect.TypeFor[template.HTML]() {
		b.Data[mimeHTML] = clean(rv.String())
		return b
	}
	for _, m := range []struct {
		mime   string
		method func() (string, bool)
	}{
		{mimeHTML, method[interface{ HTML() string }](v, func(v interface{ HTML() string }) string { return v.HTML() })},
		{mimeMarkdown, method[interface{ Markdown() string }](v, func(v interface{ Markdown() string }) string { return v.Markdown() })},
		{mimeSVG, method[interface{ SVG() string }](v, func(v interface{ SVG() string }) string { return v.SVG() })},
		{mimeLatex, method[interface{ Latex() string }](v, func(v interface{ Latex() string }) string { return v.Latex() })},
	} {
		if s, ok := m.method(); ok {
			if m.mime == mimeSVG {
				if trouble := svgTrouble(s); trouble != "" {
					b.Data[mimeText] = b.Data[mimeText].(string) + "\n(the SVG of this value cannot be drawn: " + trouble + ")"
					continue
				}
			}
			b.Data[m.mime] = clean(s)
			found = true
		}
	}
	if v, ok := v.(interface{ MimeBundle() map[string]any }); ok {
		add(safely(func() content { return bundleContent(v.MimeBundle()) }))
		return b
	}
	rv := reflect.ValueOf(v)
	switch {
	case found:
	case isTable(rv):
		add(safely(func() content {
			return content{data: map[string]any{mimeHTML: tableOf(rv).html()}}
		}))
	default:
		add(safely(func() content {
			if s := treeOf(rv, b.Data[mimeText].(string)); s != "" {
				return content{data: map[string]any{mimeHTML: s}}
			}
			return content{}
		}))
	}
	return b
}

// method returns a function that calls a method of v, if v has it, and says
// whether that gave a string.
func method[I any](v any, call func(I) string) func() (string, bool) {
	return func() (s string, ok bool) {
		i, ok := v.(I)
		if !ok {
			return "", false
		}
		defer func() {
			if recover() != nil {
				s, ok = "", false // the text form is there still
			}
		}()
		return call(i), true
	}
}

// safely makes a panic in make an error.
func safely(make func() content) (c content) {
	defer func() {
		if p := recover(); p != nil {
			c = content{err: fmt.Sprint(p)}
		}
	}()
	return make()
}

// bundleContent takes what a MimeBundle method returns: MIME types with
// strings, bytes for binary types, or for JSON types anything.
func bundleContent(bundle map[string]any) content {
	data := make(map[string]any, len(bundle))
	for mime, v := range bundle {
		switch v := v.(type) {
		case string:
			data[mime] = clean(v)
		case []byte:
			data[mime] = base64.StdEncoding.EncodeToString(v)
		default:
			if c := jsonContent(v); c.err == "" {
				data[mime] = c.data[mimeJSON]
			}
		}
	}
	if s, ok := data[mimeText].(string); !ok || s == "" {
		delete(data, mimeText) // Text's stays
	}
	return content{data: data}
}

func isNil(v any) bool {
	if v == nil {
		return true
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return rv.IsNil()
	}
	return false
}
