package display_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/session"
)

func bundleOf(t *testing.T, e session.Event) map[string]any {
	t.Helper()
	d, ok := e.(session.Display)
	if !ok {
		t.Fatalf("%T %v is no display", e, e)
	}
	return d.Bundle.Data
}

func (r *recorder) all() []session.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]session.Event{}, r.events...)
}

func TestChartsInOneCall(t *testing.T) {
	day := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		function string
		args     []any
		text     string
	}{
		{"Line", []any{[]float64{0, 1, 2, 3}, []int{0, 1, 4, 9}}, "▁▁▄█  x 0 to 3, y 0 to 9, 4 points"},
		{"Line", []any{nil, []time.Duration{time.Second, 2 * time.Second}}, "▁█  x 0 to 1, y 1 to 2, 2 points"},
		{"Line", []any{[]time.Time{day, day.Add(time.Hour)}, []float32{1, 2}}, "▁█"},
		{"Line", []any{nil, []float64{math.NaN(), 1, math.Inf(1)}}, "▁  x 1 to 1, y 1 to 1, 3 points"},
		{"Line", []any{nil, []float64{}}, "(no points)"},
		{"Scatter", []any{[]any{1, 2.5}, []uint8{3, 4}}, "▁█  x 1 to 2.5, y 3 to 4, 2 points"},
		{"Bars", []any{[]string{"go", "日本"}, []int{2, 4}}, "go   ███████████████ 2\n日本 ██████████████████████████████ 4"},
		{"Histogram", []any{[]float64{1, 1, 1, 2}}, "1 to 1.5 ██████████████████████████████ 3\n1.5 to 2 ██████████ 1"},
		{"Box", []any{map[string][]int{"a": {1, 2, 3, 4, 5}, "b": {7}}}, "a min 1, quarter 2, median 3, three quarters 4, max 5 (5 values)\nb min 7"},
		{"HeatMap", []any{[][]int{{0, 1}, {2, 4}}}, "··░░\n▒▒██\n· is 0, █ is 4"},
	}
	for _, tt := range tests {
		var r recorder
		call(bind(r.emit), tt.function, tt.args...)
		data := bundleOf(t, r.events[0])
		if got := data["text/plain"].(string); !strings.HasPrefix(got, tt.text) {
			t.Errorf("%s is\n%s\nwant\n%s", tt.function, got, tt.text)
		}
		if page := data["text/html"].(string); !strings.HasPrefix(page, "<svg") || !strings.Contains(page, "currentColor") || strings.Contains(page, "#12345") {
			t.Errorf("%s: %.200s", tt.function, page)
		}
		if svg := data["image/svg+xml"].(string); strings.Contains(svg, "currentColor") || strings.Contains(svg, "#12345") {
			t.Errorf("%s: %.200s", tt.function, svg)
		}
	}
}

func TestChartsThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		function string
		args     []any
		want     string
	}{
		{"Line", []any{[]int{1}, []int{1, 2}}, "display.Line: there are 1 xs and 2 ys\n"},
		{"Line", []any{nil, "text"}, "display.Line: string is no slice of numbers\n"},
		{"Line", []any{nil, nil}, "display.Line: nil is no slice of numbers\n"},
		{"Scatter", []any{nil, []string{"a"}}, "display.Scatter: element 0 of []string is no number\n"},
		{"Bars", []any{[]string{"a"}, []int{1, 2}}, "display.Bars: there are 1 labels and 2 values\n"},
		{"HeatMap", []any{[]int{1}}, "display.HeatMap: row 0: int is no slice of numbers\n"},
	} {
		var r recorder
		call(bind(r.emit), tt.function, tt.args...)
		if s, ok := r.events[0].(session.Stream); !ok || s.Text != tt.want {
			t.Errorf("%s: %v, want %s", tt.function, r.events[0], tt.want)
		}
	}
}

// A chart that is shown is drawn again where it is, not more than ten times a
// second, and with everything in the end.
func TestLiveChart(t *testing.T) {
	var r recorder
	c := call(bind(r.emit), "NewChart", "rate")[0].Interface().(*display.Chart)
	c.Line("a", nil, []int{1, 2}).Axes("s", "n").Show()
	start := time.Now()
	ch := make(chan float64)
	c.Follow("b", ch)
	for i := range 2000 {
		c.Add("a", float64(i+2), 5)
		ch <- float64(i)
		if i%500 == 0 {
			time.Sleep(50 * time.Millisecond)
		}
	}
	close(ch)
	text := func() string {
		all := r.all()
		return bundleOf(t, all[len(all)-1])["text/plain"].(string)
	}
	for end := time.Now().Add(20 * time.Second); !strings.Contains(text(), "y 1 to 5, 2002 points") || !strings.Contains(text(), "y 0 to 1999, 2000 points"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the last drawing is\n%s", text())
		}
	}
	all := r.all()
	if n, most := len(all), 3+int(time.Since(start)/(100*time.Millisecond)); n > most {
		t.Errorf("it was drawn %d times, want %d at most", n, most)
	}
	first := all[0].(session.Display)
	for _, e := range all[1:] {
		if d := e.(session.Display); d.ID != first.ID || !d.Update {
			t.Errorf("drawn as %q, update %v", d.ID, d.Update)
		}
	}
}

func TestChartWindow(t *testing.T) {
	var r recorder
	c := call(bind(r.emit), "NewChart", "")[0].Interface().(*display.Chart)
	c.Window(10)
	for i := range 5000 {
		c.Add("a", float64(i), float64(i))
	}
	if got := c.MimeBundle()["text/plain"].(string); !strings.Contains(got, "x 4990 to 4999") || !strings.Contains(got, "10 points") {
		t.Error(got)
	}
}
