package worker

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gosched/gosched/kernel/session"
)

// Strings and lists are a length as an unsigned varint and then their bytes or
// elements. Strings travel as bytes, so text that is not valid UTF-8 arrives as
// it was sent.

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendInt(b []byte, n int) []byte { return binary.AppendVarint(b, int64(n)) }

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

var errShort = errors.New("message ends early")

// A decoder takes values off the front of a message. After the first error it
// gives zero values.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = errShort
	}
	d.b = nil
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) int() int {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	v := d.b[0]
	d.b = d.b[1:]
	return v
}

func (d *decoder) bool() bool { return d.byte() != 0 }

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.fail()
		return nil
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) string() string { return string(d.bytes()) }

// count reads the length of a list. Each element takes a byte or more, so a
// count beyond what is left is damage, found before memory is set aside.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.fail()
		return 0
	}
	return int(n)
}

// each reads the length of a list and calls read for each element, until one
// is damaged.
func (d *decoder) each(read func()) {
	for range d.count() {
		if d.err != nil {
			return
		}
		read()
	}
}

// finish reports what was wrong with the message, if anything.
func (d *decoder) finish() error {
	if d.err == nil && len(d.b) > 0 {
		return fmt.Errorf("message has %d bytes too many", len(d.b))
	}
	return d.err
}

func appendCell(b []byte, c session.Cell) []byte {
	b = appendString(b, c.ID)
	b = appendInt(b, c.Number)
	b = appendString(b, c.Source)
	b = appendString(b, c.Origin)
	b = appendString(b, c.Subshell)
	b = appendBool(b, c.Silent)
	b = appendBool(b, c.AllowStdin)
	b = binary.AppendUvarint(b, uint64(len(c.UserExpressions)))
	for _, k := range slices.Sorted(maps.Keys(c.UserExpressions)) {
		b = appendString(b, k)
		b = appendString(b, c.UserExpressions[k])
	}
	return b
}

func (d *decoder) cell() session.Cell {
	c := session.Cell{
		ID:         d.string(),
		Number:     d.int(),
		Source:     d.string(),
		Origin:     d.string(),
		Subshell:   d.string(),
		Silent:     d.bool(),
		AllowStdin: d.bool(),
	}
	d.each(func() {
		if c.UserExpressions == nil {
			c.UserExpressions = make(map[string]string)
		}
		k := d.string()
		c.UserExpressions[k] = d.string()
	})
	return c
}

const (
	valueString = 's'
	valueJSON   = 'j'
)

// appendValues encodes a bundle's values. Strings stay strings; anything else
// arrives as json.RawMessage. In place of what encoding/json refuses there is
// a JSON string that says why.
func appendValues(b []byte, values map[string]any) []byte {
	keys := slices.Sorted(maps.Keys(values))
	b = binary.AppendUvarint(b, uint64(len(keys)))
	for _, k := range keys {
		b = appendString(b, k)
		switch v := values[k].(type) {
		case string:
			b = append(b, valueString)
			b = appendString(b, v)
		default:
			text, err := json.Marshal(v)
			if err != nil {
				text, _ = json.Marshal("cannot be shown as " + k + ": " + err.Error())
			}
			b = append(b, valueJSON)
			b = appendString(b, string(text))
		}
	}
	return b
}

func (d *decoder) values() map[string]any {
	var values map[string]any
	d.each(func() {
		if values == nil {
			values = make(map[string]any)
		}
		k := d.string()
		switch tag := d.byte(); tag {
		case valueString:
			values[k] = d.string()
		case valueJSON:
			text := d.bytes()
			if d.err == nil && !json.Valid(text) {
				d.err = fmt.Errorf("value for %q is not JSON", k)
			}
			values[k] = json.RawMessage(slices.Clone(text))
		default:
			if d.err == nil {
				d.err = fmt.Errorf("value for %q has the unknown form %d", k, tag)
			}
			d.b = nil
		}
	})
	return values
}

func appendBundle(b []byte, v session.Bundle) []byte {
	b = appendValues(b, v.Data)
	return appendValues(b, v.Metadata)
}

func (d *decoder) bundle() session.Bundle {
	return session.Bundle{Data: d.values(), Metadata: d.values()}
}

func appendOptionalBundle(b []byte, v *session.Bundle) []byte {
	b = appendBool(b, v != nil)
	if v != nil {
		b = appendBundle(b, *v)
	}
	return b
}

func (d *decoder) optionalBundle() *session.Bundle {
	if !d.bool() {
		return nil
	}
	v := d.bundle()
	return &v
}

func appendFailure(b []byte, f *session.Failure) []byte {
	b = appendBool(b, f != nil)
	if f == nil {
		return b
	}
	b = appendString(b, string(f.Name))
	b = appendString(b, f.Value)
	b = binary.AppendUvarint(b, uint64(len(f.Traceback)))
	for _, line := range f.Traceback {
		b = appendString(b, line)
	}
	return appendBool(b, f.Restarted)
}

func (d *decoder) failure() *session.Failure {
	if !d.bool() {
		return nil
	}
	f := &session.Failure{Name: session.FailureKind(d.string()), Value: d.string()}
	d.each(func() { f.Traceback = append(f.Traceback, d.string()) })
	f.Restarted = d.bool()
	return f
}

func appendResult(b []byte, r session.Result) []byte {
	b = appendOptionalBundle(b, r.Value)
	b = appendFailure(b, r.Failure)
	b = binary.AppendUvarint(b, uint64(len(r.UserExpressions)))
	for _, k := range slices.Sorted(maps.Keys(r.UserExpressions)) {
		e := r.UserExpressions[k]
		b = appendString(b, k)
		b = appendOptionalBundle(b, e.Value)
		b = appendFailure(b, e.Failure)
	}
	b = binary.AppendUvarint(b, uint64(max(r.Goroutines, 0)))
	b = binary.AppendUvarint(b, uint64(max(r.Others, 0)))
	return appendString(b, r.Rewrite)
}

func (d *decoder) result() session.Result {
	r := session.Result{Value: d.optionalBundle(), Failure: d.failure()}
	d.each(func() {
		if r.UserExpressions == nil {
			r.UserExpressions = make(map[string]session.Expression)
		}
		k := d.string()
		r.UserExpressions[k] = session.Expression{Value: d.optionalBundle(), Failure: d.failure()}
	})
	r.Goroutines = int(min(d.uvarint(), math.MaxInt32))
	r.Others = int(min(d.uvarint(), math.MaxInt32))
	r.Rewrite = d.string()
	return r
}

// Events are told apart by their first byte.
const (
	eventStdout = 'o'
	eventStderr = 'e'
	eventStream = 's' // any other stream, by name
	eventShow   = 'd'
	eventClear  = 'c'
	eventFail   = 'f'
	eventComm   = 'm'
)

func appendEvent(b []byte, ev session.Event) []byte {
	switch ev := ev.(type) {
	case session.Stream:
		switch ev.Name {
		case session.Stdout:
			b = append(b, eventStdout)
		case session.Stderr:
			b = append(b, eventStderr)
		default:
			b = append(b, eventStream)
			b = appendString(b, ev.Name)
		}
		return appendString(b, ev.Text)
	case session.Display:
		b = append(b, eventShow)
		b = appendBundle(b, ev.Bundle)
		b = appendString(b, ev.ID)
		return appendBool(b, ev.Update)
	case session.Clear:
		b = append(b, eventClear)
		return appendBool(b, ev.Wait)
	case *session.Failure:
		b = append(b, eventFail)
		return appendFailure(b, ev)
	case session.Comm:
		b = append(b, eventComm)
		return appendComm(b, ev)
	}
	panic(fmt.Sprintf("worker: unknown event %T", ev))
}

func (d *decoder) event() session.Event {
	switch tag := d.byte(); tag {
	case eventStdout:
		return session.Stream{Name: session.Stdout, Text: d.string()}
	case eventStderr:
		return session.Stream{Name: session.Stderr, Text: d.string()}
	case eventStream:
		return session.Stream{Name: d.string(), Text: d.string()}
	case eventShow:
		return session.Display{Bundle: d.bundle(), ID: d.string(), Update: d.bool()}
	case eventClear:
		return session.Clear{Wait: d.bool()}
	case eventFail:
		f := d.failure()
		if f == nil {
			d.fail()
			return nil
		}
		return f
	case eventComm:
		return d.comm()
	default:
		if d.err == nil {
			d.err = fmt.Errorf("unknown event %d", tag)
		}
		return nil
	}
}

func appendComm(b []byte, m session.Comm) []byte {
	b = appendString(b, string(m.Kind))
	b = appendString(b, m.ID)
	b = appendString(b, m.Target)
	for _, raw := range []json.RawMessage{m.Data, m.Metadata, m.Parent} {
		b = appendString(b, string(raw))
	}
	return b
}

func (d *decoder) comm() session.Comm {
	m := session.Comm{Kind: session.CommKind(d.string()), ID: d.string(), Target: d.string()}
	for _, raw := range []*json.RawMessage{&m.Data, &m.Metadata, &m.Parent} {
		text := d.bytes()
		if len(text) == 0 {
			continue
		}
		if d.err == nil && !json.Valid(text) {
			d.err = fmt.Errorf("message of comm %q is not JSON", m.ID)
		}
		*raw = slices.Clone(text)
	}
	return m
}

func appendComms(b []byte, list []session.Comm) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, m := range list {
		b = appendComm(b, m)
	}
	return b
}

func (d *decoder) comms() (list []session.Comm) {
	d.each(func() { list = append(list, d.comm()) })
	return list
}

func appendCompletion(b []byte, c session.Completion) []byte {
	b = appendInt(b, c.Start)
	b = appendInt(b, c.End)
	b = binary.AppendUvarint(b, uint64(len(c.Matches)))
	for _, m := range c.Matches {
		b = appendString(b, m.Text)
		b = appendString(b, m.Kind)
		b = appendString(b, m.Signature)
	}
	return b
}

func (d *decoder) completion() session.Completion {
	c := session.Completion{Start: d.int(), End: d.int()}
	d.each(func() {
		c.Matches = append(c.Matches, session.Match{Text: d.string(), Kind: d.string(), Signature: d.string()})
	})
	return c
}

func appendInspection(b []byte, i session.Inspection) []byte {
	b = appendBool(b, i.Found)
	return appendBundle(b, i.Bundle)
}

func (d *decoder) inspection() session.Inspection {
	return session.Inspection{Found: d.bool(), Bundle: d.bundle()}
}

func appendCompleteness(b []byte, c session.Completeness) []byte {
	b = appendString(b, c.Status)
	return appendString(b, c.Indent)
}

func (d *decoder) completeness() session.Completeness {
	return session.Completeness{Status: d.string(), Indent: d.string()}
}
