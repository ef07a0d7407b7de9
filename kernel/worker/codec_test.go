package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

var failure = &session.Failure{Name: "panic", Value: "boom \xff", Traceback: []string{"a", "", "b"}, Restarted: true}

var bundle = session.Bundle{
	Data:     map[string]any{"text/plain": "x\x00\xfe", "application/json": json.RawMessage(`[1,{"a":null}]`)},
	Metadata: map[string]any{"isolated": json.RawMessage("true")},
}

func TestMessagesSurvive(t *testing.T) {
	check := func(name string, want any, b []byte, decode func(*decoder) any) {
		t.Helper()
		d := &decoder{b: b}
		if got := decode(d); d.finish() != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, d.finish(), want)
		}
		for n := range b { // every shorter message is noticed
			d := &decoder{b: b[:n]}
			decode(d)
			if d.finish() == nil {
				t.Errorf("%s: the first %d of %d bytes pass for a message", name, n, len(b))
			}
		}
	}
	for _, ev := range []session.Event{
		session.Stream{Name: "stdout", Text: "héllo \xff\n"},
		session.Stream{Name: "stderr"},
		session.Stream{Name: "other", Text: "x"},
		session.Display{Bundle: bundle, ID: "d", Update: true},
		session.Clear{Wait: true},
		session.Clear{},
		failure,
		session.Comm{Kind: session.CommOpen, ID: "a", Target: "t", Data: json.RawMessage(`{"a":1}`), Metadata: json.RawMessage(`{}`)},
		session.Comm{Kind: session.CommClose, ID: "a", Parent: json.RawMessage(`{"msg_id":"x"}`)},
	} {
		check("event", ev, appendEvent(nil, ev), func(d *decoder) any { return d.event() })
	}
	for _, r := range []session.Result{
		{},
		{Value: &bundle},
		{Goroutines: 3},
		{Goroutines: 1, Others: 2},
		{Failure: failure, UserExpressions: map[string]session.Expression{"a": {Value: &bundle}, "b": {Failure: failure}}},
	} {
		check("result", r, appendResult(nil, r), func(d *decoder) any { return d.result() })
	}
	cell := session.Cell{ID: "i", Number: -1, Source: "x := 1", Subshell: "s", Silent: true, AllowStdin: true, UserExpressions: map[string]string{"a": "b"}}
	check("cell", cell, appendCell(nil, cell), func(d *decoder) any { return d.cell() })
	comp := session.Completion{Start: 1, End: 1 << 40, Matches: []session.Match{{Text: "a", Kind: "b", Signature: "c"}, {}}}
	check("completion", comp, appendCompletion(nil, comp), func(d *decoder) any { return d.completion() })
	insp := session.Inspection{Found: true, Bundle: bundle}
	check("inspection", insp, appendInspection(nil, insp), func(d *decoder) any { return d.inspection() })
	full := session.Completeness{Status: "incomplete", Indent: "\t"}
	check("completeness", full, appendCompleteness(nil, full), func(d *decoder) any { return d.completeness() })
}

func TestInputReplies(t *testing.T) {
	for _, r := range []inputReply{{text: "line"}, {err: io.EOF}, {err: errors.New("gone")}} {
		d := &decoder{b: appendInputReply(nil, r)}
		got := d.inputReply()
		if got.text != r.text || (got.err == nil) != (r.err == nil) || errors.Is(got.err, io.EOF) != errors.Is(r.err, io.EOF) || d.finish() != nil {
			t.Errorf("%+v became %+v", r, got)
		}
	}
}

// What encoding/json refuses is replaced, and nothing else is lost.
func TestValueThatIsNotJSON(t *testing.T) {
	d := &decoder{b: appendValues(nil, map[string]any{"a": math.NaN(), "b": "ok", "c": func() {}})}
	got := d.values()
	if d.finish() != nil || got["b"] != "ok" || !strings.Contains(string(got["a"].(json.RawMessage)), "cannot be shown") {
		t.Errorf("values: %v, %v", got, d.finish())
	}
}

func TestFrames(t *testing.T) {
	big := bytes.Repeat([]byte("x"), 3*frameStep+5)
	var stream []byte
	for _, p := range [][]byte{nil, []byte("a"), big, []byte("b")} {
		var err error
		stream, err = appendFrame(stream, kindEvent, uint64(len(p))<<7, func(b []byte) []byte { return append(b, p...) })
		if err != nil {
			t.Fatal(err)
		}
	}
	r, buf := bytes.NewReader(stream), []byte(nil)
	for _, want := range []int{0, 1, len(big), 1} {
		k, id, payload, err := readFrame(r, &buf)
		if err != nil || k != kindEvent || id != uint64(want)<<7 || len(payload) != want {
			t.Fatalf("frame: kind %d, id %d, %d bytes, %v", k, id, len(payload), err)
		}
		if got := frameSize(id, len(payload)); got != len(mustFrame(t, id, payload)) {
			t.Errorf("frameSize is %d", got)
		}
	}
	if _, _, _, err := readFrame(r, &buf); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	for name, b := range map[string][]byte{
		"length beyond the limit": {0xff, 0xff, 0xff, 0xff, 1, 1},
		"length zero":             {0, 0, 0, 0},
		"endless request number":  {12, 0, 0, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	} {
		if _, _, _, err := readFrame(bytes.NewReader(b), &buf); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, _, err := readFrame(bytes.NewReader([]byte{9, 0, 0, 0, 1}), &buf); err != io.ErrUnexpectedEOF {
		t.Errorf("a frame that breaks off: %v", err)
	}
}

func mustFrame(t *testing.T, id uint64, payload []byte) []byte {
	t.Helper()
	b, err := appendFrame(nil, kindEvent, id, func(b []byte) []byte { return append(b, payload...) })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzFrame reads arbitrary bytes as a channel: frames that are read can be
// written again, and no message makes a decoder panic or run away.
func FuzzFrame(f *testing.F) {
	seed, _ := appendFrame(nil, kindResult, 7, func(b []byte) []byte { return appendResult(b, session.Result{Value: &bundle, Failure: failure}) })
	seed, _ = appendFrame(seed, kindEvent, 300, func(b []byte) []byte { return appendEvent(b, session.Display{Bundle: bundle}) })
	seed, _ = appendFrame(seed, kindExecute, 1, func(b []byte) []byte { return appendCell(b, session.Cell{Source: "x"}) })
	f.Add(seed)
	f.Add([]byte{0, 0, 0, 1, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		var buf []byte
		for {
			k, id, payload, err := readFrame(r, &buf)
			if err != nil {
				return
			}
			again, err := appendFrame(nil, k, id, func(b []byte) []byte { return append(b, payload...) })
			if err != nil {
				t.Fatal(err)
			}
			var buf2 []byte
			if k2, id2, p2, err := readFrame(bytes.NewReader(again), &buf2); err != nil || k2 != k || id2 != id || !bytes.Equal(p2, payload) {
				t.Fatalf("frame %d %d %q became %d %d %q, %v", k, id, payload, k2, id2, p2, err)
			}
			for _, decode := range []func(*decoder){
				func(d *decoder) { d.cell() },
				func(d *decoder) {
					// An event that is understood can be sent on.
					if ev := d.event(); d.finish() == nil {
						appendEvent(nil, ev)
					}
				},
				func(d *decoder) {
					if r := d.result(); d.finish() == nil {
						appendResult(nil, r)
					}
				},
				func(d *decoder) { d.completion() },
				func(d *decoder) { d.inspection() },
				func(d *decoder) { d.completeness() },
				func(d *decoder) { d.inputReply() },
			} {
				decode(&decoder{b: payload})
			}
		}
	})
}
