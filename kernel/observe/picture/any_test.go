package picture

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// scramble makes a record of events that fit nothing, from the bytes that a
// fuzzer changes.
func scramble(data []byte, text string) *observe.Record {
	r := &observe.Record{Cell: 1, Start: time.Unix(0, 0), Source: map[observe.SourceKey][]string{{Cell: 1}: {text, text}}}
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		v := data[0]
		data = data[1:]
		return int(v)
	}
	for i := range 1 + next()%50 {
		r.Goroutines = append(r.Goroutines, observe.Goroutine{
			Number: i + 1, Parent: next() % (i + 2), Name: text, Main: i == 0, Born: int64(next()) - 9,
			Ended: int64(next()), Fate: observe.Fate(next() % 8), Start: sched.Place{Cell: 1, Line: next(), Func: text},
		})
	}
	for range next() % 5 {
		r.Objects = append(r.Objects, observe.Object{Kind: observe.ObjectKind(next() % 14), Name: text, Type: text, Cap: next()})
	}
	now := int64(0)
	for len(data) > 0 && len(r.Events) < 3000 {
		now += int64(next()) - 3
		r.Events = append(r.Events, observe.Event{
			Time: now, Goroutine: int32(next()%52) - 1, Kind: observe.EventKind(next() % 32), Object: int32(next()%52) - 1,
			Peer: int32(len(r.Events) + next()%40 - 32), Wait: wait.Kind(next() % 24), Value: text,
			Place: sched.Place{Cell: 1, Line: next(), File: map[bool]string{true: text}[next()%7 == 0]},
		})
	}
	r.End, r.Dropped = now+int64(next()), next()
	return r
}

// check holds what is true of the pictures of every record.
func check(t *testing.T, r *observe.Record) {
	t.Helper()
	m := newModel(r)
	f := newFigure(m)
	svg := f.svg()
	checkXML(t, svg)
	if strings.Contains(svg, "<script") || strings.Contains(svg, "foreignObject") || regexp.MustCompile(`\sid=|url\(|href=`).MatchString(strip(svg)) {
		t.Error("the static picture has scripts, ids or references")
	}
	for i, w := range f.rows {
		if w.stop < -1 || w.stop > f.plotW+1 {
			t.Errorf("lane %d ends at %g of %g", i, w.stop, f.plotW)
		}
	}
	for _, b := range f.bars {
		if b.x1 < 0 || b.x2 > f.plotW+1 || b.x2 < b.x1 {
			t.Errorf("a bar goes from %g to %g of %g", b.x1, b.x2, f.plotW)
		}
	}
	last := make([]float64, len(f.rows))
	for _, b := range f.bars { // in order, and never over each other
		if b.x1 < last[b.row]-0.01 {
			t.Errorf("a bar of lane %d begins at %g, before %g", b.row, b.x1, last[b.row])
		}
		last[b.row] = b.x2
	}
	for i := 1; i < len(f.clock); i++ {
		if f.clock[i].x < f.clock[i-1].x || f.clock[i].time < f.clock[i-1].time {
			t.Errorf("the clock goes back from %v to %v", f.clock[i-1], f.clock[i])
		}
	}
	checkLabels(t, f)
	page := f.html(svg)
	if n := strings.Count(page, "<"); n != 3 || strings.Count(page, `"`) != 12 {
		t.Errorf("a value has got out of its attribute: %d tags, %d quotes", n, strings.Count(page, `"`))
	}
	if n := len(page) + len(svg); n > 1<<20 {
		t.Errorf("%d bytes", n)
	}
	text := m.text()
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x1b\u202e") {
		t.Error("the text has control characters")
	}
	var b bytes.Buffer
	if err := Perfetto(&b, r); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) {
		t.Error("Perfetto's trace is not JSON")
	}
}

// checkLabels holds that no two labels that are shown run into each other.
func checkLabels(t *testing.T, f *figure) {
	t.Helper()
	var boxes []box
	add := func(l *label) {
		if !l.shown || l.text == "" {
			return
		}
		b := l.box()
		for _, o := range boxes {
			if b.meets(o) {
				t.Errorf("label %q at %v runs into another at %v", l.text, b, o)
			}
		}
		boxes = append(boxes, b)
	}
	for i := range f.marks {
		add(&f.marks[i].label)
	}
	for i := range f.links {
		add(&f.links[i].label)
	}
	for i := range f.waits {
		add(&f.waits[i])
	}
}

// strip leaves out text and attributes of text, which may hold anything.
func strip(svg string) string {
	svg = regexp.MustCompile(`>[^<]*<`).ReplaceAllString(svg, "><")
	return regexp.MustCompile(`(aria-label|data-p)="[^"]*"`).ReplaceAllString(svg, "")
}

func checkXML(t *testing.T, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Errorf("not well-formed: %v", err)
			}
			return
		}
	}
}

var nasty = []string{
	"x", `<script>alert(1)</script>`, `"'&<>`, "a\nb\tc\r", "שלום", "\u202e\u2066", "\x00\x1b[31m", "]]>--></svg>",
	strings.Repeat("long ", 400), "\xff\xfe", "日本語", "",
}

func TestAnyRecord(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		data := make([]byte, rnd.IntN(4000))
		for j := range data {
			data[j] = byte(rnd.Uint32())
		}
		check(t, scramble(data, nasty[i%len(nasty)]))
		if t.Failed() {
			t.Fatalf("record %d", i)
		}
	}
}

func TestSamples(t *testing.T) {
	for name, record := range samples {
		t.Run(name, func(t *testing.T) { check(t, record()) })
	}
}

func FuzzPictures(f *testing.F) {
	for i, text := range nasty {
		f.Add([]byte{3, 1, 2, 3, byte(i), 5, 6, 7, 8, 9, 10, 11, 12, 13, 200, 1, 2, 3}, text)
	}
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		if len(data) > 1<<14 || len(text) > 1<<12 {
			t.Skip()
		}
		check(t, scramble(data, text))
	})
}
