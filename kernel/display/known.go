package display

import (
	"bufio"
	"bytes"
	"container/list"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/goruntime"
)

// maxPeek is how much of what a reader still has is shown, in bytes.
const maxPeek = 1000

// knownText is the text of a value of a type whose fields, or whose own words,
// say less than could be said: locks, readers, times.
func knownText(v reflect.Value) (text string, ok bool) {
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		return time.Duration(v.Int()).String(), true // in a hidden field, too
	}
	if s, ok := goruntime.SyncState(v); ok {
		return s, true
	}
	if s, ok := extendedText(v); ok {
		return s, true
	}
	if !v.CanInterface() {
		return "", false
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Round(0).String(), true // without the monotonic clock's reading
	case big.Int:
		return x.String(), true
	case big.Float:
		return x.String(), true
	case big.Rat:
		return x.String(), true
	case *sync.Map:
		return syncMap(x), true
	case *list.List:
		return linked(x), true
	case *strings.Reader:
		return unread("*strings.Reader", x, x.Size(), x.Len()), true
	case *bytes.Reader:
		return unread("*bytes.Reader", x, x.Size(), x.Len()), true
	case *bytes.Buffer:
		return buffered(x), true
	case *os.File:
		return fmt.Sprintf("*os.File %q", x.Name()), true
	case *bufio.Reader:
		return bufferedReader(x), true
	case *http.Response:
		return response(x), true
	case *http.Request:
		return request(x), true
	}
	return "", false
}

// unread is what a reader of known size has left, which stays unread.
func unread(name string, r io.ReaderAt, size int64, left int) string {
	peek := make([]byte, min(left, maxPeek))
	n, _ := r.ReadAt(peek, size-int64(left))
	s := fmt.Sprintf("%s, %d of %d bytes unread", name, left, size)
	return s + peeked(peek[:n], left)
}

func buffered(b *bytes.Buffer) string {
	data := b.Bytes()
	return fmt.Sprintf("*bytes.Buffer, %d bytes unread", len(data)) + peeked(data[:min(len(data), maxPeek)], len(data))
}

func peeked(data []byte, left int) string {
	if len(data) == 0 {
		return ""
	}
	s := fmt.Sprintf(": % x", data[:min(len(data), 16)])
	cut := left > 16
	if IsText(data) {
		s, cut = fmt.Sprintf(": %q", data), left > len(data)
	}
	if cut {
		s += "…"
	}
	return s
}

// response is the head of an HTTP response; its body stays unread.
func response(r *http.Response) string {
	s := "*http.Response " + r.Status
	if t := r.Header.Get("Content-Type"); t != "" {
		s += ", " + t
	}
	if r.ContentLength >= 0 {
		s += fmt.Sprintf(", %d bytes", r.ContentLength)
	}
	if r.Request != nil && r.Request.URL != nil {
		s += ", of " + r.Request.URL.Redacted()
	}
	return s
}

func syncMap(m *sync.Map) string {
	entries := map[any]any{}
	m.Range(func(k, v any) bool {
		entries[k] = v
		return len(entries) < maxElements
	})
	s, cut := fragment(reflect.ValueOf(entries), maxText)
	if cut {
		s += "…"
	}
	return "sync.Map" + strings.TrimPrefix(s, "map")
}

func linked(l *list.List) string {
	var items []any
	for e := l.Front(); e != nil && len(items) < maxElements; e = e.Next() {
		items = append(items, e.Value)
	}
	s, cut := fragment(reflect.ValueOf(items), maxText)
	if cut || len(items) < l.Len() {
		s += "…"
	}
	return fmt.Sprintf("*list.List of %d: %s", l.Len(), s)
}

// State says in words what a lock, a counter, a group or a limiter is at, where its
// fields would say less: "locked". It reads what is there and locks nothing.
func State(v reflect.Value) (text string, ok bool) {
	if text, ok = goruntime.SyncState(v); !ok {
		text, ok = extendedText(v)
	}
	if _, state, named := strings.Cut(text, ", "); ok && named {
		text = state
	}
	return text, ok
}

// IsText says whether bytes are text that people can read.
func IsText(data []byte) bool {
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n <= 1 {
			return !utf8.FullRune(data) && len(data) < utf8.UTFMax // cut in the middle of a character
		}
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r' && r != '\u00a0' && r != '\x1b' {
			return false
		}
		data = data[n:]
	}
	return true
}
