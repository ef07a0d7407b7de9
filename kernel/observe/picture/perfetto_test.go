package picture

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
	"time"
)

// The trace has a named lane for each goroutine, slices that follow each other,
// and for each flow its two ends inside of slices.
func TestPerfetto(t *testing.T) {
	for name, record := range samples {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			r := record()
			if err := Perfetto(&b, r); err != nil {
				t.Fatal(err)
			}
			var trace struct{ TraceEvents []traceEvent }
			if err := json.Unmarshal(b.Bytes(), &trace); err != nil {
				t.Fatal(err)
			}
			names, last := map[int]string{}, map[int]float64{}
			begun, ended := map[int]float64{}, map[int]bool{}
			for _, e := range trace.TraceEvents {
				switch e.Phase {
				case "M":
					if e.Name == "thread_name" {
						names[e.TID] = e.Args.Name
					}
				case "X":
					if e.Time < last[e.TID]-1e-6 {
						t.Errorf("a slice of %s begins at %g, in the one before", names[e.TID], e.Time)
					}
					last[e.TID] = e.Time + *e.Dur
				case "s":
					begun[e.ID] = e.Time
				case "f":
					ended[e.ID] = true
					if at, ok := begun[e.ID]; !ok || at > e.Time {
						t.Errorf("flow %d ends at %g and begins at %g", e.ID, e.Time, at)
					}
				case "i":
				default:
					t.Errorf("phase %q", e.Phase)
				}
			}
			if len(begun) != len(ended) {
				t.Errorf("%d flows begin, %d end", len(begun), len(ended))
			}
			if len(names) < len(r.Goroutines) {
				t.Errorf("%d lanes for %d goroutines", len(names), len(r.Goroutines))
			}
			if name == "pingpong" && len(begun) != 3 { // a go statement and two messages
				t.Errorf("%d flows", len(begun))
			}
		})
	}
}

// What is written is in the words of the Trace Event Format, each event with the
// fields that its phase needs and no others, and flows are bound to slices.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
func TestPerfettoIsTraceEvents(t *testing.T) {
	number := func(v any) bool { n, ok := v.(float64); return ok && n >= 0 }
	whole := func(v any) bool { n, ok := v.(float64); return ok && n == math.Trunc(n) }
	text := func(v any) bool { s, ok := v.(string); return ok && s != "" }
	one := func(of ...string) func(any) bool {
		return func(v any) bool { s, ok := v.(string); return ok && slices.Contains(of, s) }
	}
	type fields map[string]func(any) bool
	common := fields{"ph": one("M", "X", "s", "f", "i"), "pid": whole, "tid": whole, "ts": number}
	args := func(v any) bool { _, ok := v.(map[string]any); return ok }
	needs := map[string]fields{
		"M": {"name": one("process_name", "process_sort_index", "thread_name", "thread_sort_index"), "args": args},
		"X": {"name": text, "dur": number},
		"s": {"name": text, "cat": text, "id": whole},
		"f": {"name": text, "cat": text, "id": whole, "bp": one("e")},
		"i": {"name": text, "s": one("t", "p", "g")},
	}
	may := fields{"cat": text, "args": args}
	for name, record := range samples {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Perfetto(&b, record()); err != nil {
				t.Fatal(err)
			}
			var file map[string]any
			if err := json.Unmarshal(b.Bytes(), &file); err != nil {
				t.Fatal(err)
			}
			if unit := file["displayTimeUnit"]; unit != "ns" && unit != "ms" {
				t.Errorf("displayTimeUnit %v", unit)
			}
			type lane struct{ pid, tid any }
			type slice struct{ from, to float64 }
			slicesOf, named := map[lane][]slice{}, map[lane]bool{}
			var events []map[string]any
			for _, v := range file["traceEvents"].([]any) {
				e := v.(map[string]any)
				events = append(events, e)
				ph, _ := e["ph"].(string)
				for key, ok := range needs[ph] {
					if !ok(e[key]) {
						t.Errorf("%s %v in %v", key, e[key], e)
					}
				}
				for key, ok := range common {
					if !ok(e[key]) {
						t.Errorf("%s %v in %v", key, e[key], e)
					}
				}
				for key, v := range e {
					if needs[ph][key] == nil && common[key] == nil && (may[key] == nil || !may[key](v)) {
						t.Errorf("a field %s in %v", key, e)
					}
				}
				l := lane{e["pid"], e["tid"]}
				switch {
				case ph == "X":
					from := e["ts"].(float64)
					slicesOf[l] = append(slicesOf[l], slice{from, from + e["dur"].(float64)})
				case e["name"] == "thread_name":
					named[l] = true
				}
			}
			begins, ends := map[any]map[string]any{}, map[any]bool{}
			const rounding = 1e-3 // of a microsecond
			for _, e := range events {
				l := lane{e["pid"], e["tid"]}
				if e["ph"] != "M" && !named[l] {
					t.Errorf("%v is in a lane without a name", e)
				}
				if e["ph"] != "s" && e["ph"] != "f" {
					continue
				}
				at := e["ts"].(float64)
				if !slices.ContainsFunc(slicesOf[l], func(s slice) bool { return s.from-rounding <= at && at <= s.to+rounding }) {
					t.Errorf("%v is bound to no slice", e)
				}
				switch s := begins[e["id"]]; {
				case e["ph"] == "s" && s != nil || e["ph"] == "f" && ends[e["id"]]:
					t.Errorf("%v is there twice", e)
				case e["ph"] == "s":
					begins[e["id"]] = e
				case s == nil || s["cat"] != e["cat"] || s["name"] != e["name"]:
					t.Errorf("%v does not end %v", e, s)
				default:
					ends[e["id"]] = true
				}
			}
			if len(begins) != len(ends) {
				t.Errorf("%d flows begin, %d end", len(begins), len(ends))
			}
		})
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestPerfettoTellsOfErrors(t *testing.T) {
	if err := Perfetto(brokenWriter{}, crowd(100, 2000)); err == nil {
		t.Error("no error")
	}
}

// Records in one file are processes, in the order of time, and their arrows do not
// mix.
func TestPerfettoOfSeveral(t *testing.T) {
	first, second := samples["pingpong"](), samples["pingpong"]()
	second.Start = first.Start.Add(time.Second)
	var b bytes.Buffer
	if err := Perfetto(&b, first, second); err != nil {
		t.Fatal(err)
	}
	var trace struct{ TraceEvents []traceEvent }
	if err := json.Unmarshal(b.Bytes(), &trace); err != nil {
		t.Fatal(err)
	}
	process := map[int]int{} // of a flow
	for _, e := range trace.TraceEvents {
		switch {
		case e.PID != 1 && e.PID != 2:
			t.Errorf("process %d", e.PID)
		case e.PID == 2 && e.Phase != "M" && e.Time < 1e6:
			t.Errorf("%q of the second is at %g", e.Name, e.Time)
		}
		if e.ID > 0 {
			if p, ok := process[e.ID]; ok && p != e.PID {
				t.Errorf("flow %d is of both", e.ID)
			}
			process[e.ID] = e.PID
		}
	}
	if len(process) != 6 {
		t.Errorf("%d flows", len(process))
	}
}
