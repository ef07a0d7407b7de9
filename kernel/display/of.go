package display

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"maps"
	"reflect"
	"strings"

	"github.com/gosched/gosched/kernel/session"
)

// Of says how the value of an expression is shown; of several values when the
// expression is a call with several results. There is always a text/plain
// form: what fmt's %+v gives, with strings quoted, type names, and no
// addresses. It is cut where it gets long, ends on cyclic values, and survives
// methods that panic.
//
// Richer forms come from the value: pictures (image.Image), tables (slices of
// structs), and what the methods HTML, Markdown, SVG and Latex, each with one
// string result, or MimeBundle() map[string]any return.
func Of(values ...any) session.Bundle {
	if len(values) == 1 {
		return one(values[0])
	}
	// Several values are one line of text, as Go writes lists. If just one of
	// them has a richer form, as in (picture, error), that is shown too.
	var texts []string
	var rich []session.Bundle
	long := false
	for _, v := range values {
		b := one(v)
		text := b.Data[mimeText].(string)
		long = long || strings.Contains(text, "\n")
		texts = append(texts, text)
		if len(b.Data) > 1 {
			rich = append(rich, b)
		}
	}
	separator := ", "
	if long {
		separator = "\n"
	}
	b := session.Bundle{Data: map[string]any{}}
	if len(rich) == 1 {
		b = rich[0]
	}
	b.Data[mimeText] = strings.Join(texts, separator)
	return b
}

// one makes the bundle of one value.
func one(v any) session.Bundle {
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
	if img, ok := v.(image.Image); ok {
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
			b.Data[m.mime] = clean(s)
			found = true
		}
	}
	if v, ok := v.(interface{ MimeBundle() map[string]any }); ok {
		add(safely(func() content { return bundleContent(v.MimeBundle()) }))
		return b
	}
	if rv := reflect.ValueOf(v); !found && isTable(rv) {
		add(safely(func() content {
			return content{data: map[string]any{mimeHTML: tableOf(rv).html()}}
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
