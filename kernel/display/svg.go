package display

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// svgTrouble says why a page would not draw s, or nothing. A page takes SVG for
// XML, of which it says no more than that it is broken.
func svgTrouble(s string) string {
	d := xml.NewDecoder(strings.NewReader(s))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	root := ""
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Sprintf("this is not well-formed XML: %s%s", strings.TrimPrefix(err.Error(), "XML syntax error on "), svgHint(err.Error()))
		}
		if e, ok := t.(xml.StartElement); ok && root == "" {
			root = e.Name.Local
		}
	}
	switch root {
	case "svg":
		return ""
	case "":
		return "there is no <svg> element in it"
	}
	return fmt.Sprintf("its outermost element is <%s>, not <svg>", root)
}

// svgHint says what to write instead.
func svgHint(message string) string {
	switch {
	case strings.Contains(message, "unquoted or missing attribute value"), strings.Contains(message, "attribute name without = in element"):
		return `; SVG takes every attribute with a value in quotes, as in width="60"`
	case strings.Contains(message, "unexpected EOF"):
		return "; an element has no end, which is </name>, or /> for an empty one"
	case strings.Contains(message, "invalid character entity"):
		return "; write & as &amp; and characters by their numbers, as in &#160;"
	case strings.Contains(message, "element <"), strings.Contains(message, "closed by"):
		return "; elements end in the opposite order of their beginnings, and empty ones with />"
	}
	return ""
}
