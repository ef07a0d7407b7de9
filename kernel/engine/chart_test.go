package engine

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// shown are the texts of what a cell has shown.
func (t *transcript) shown() (texts []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.events {
		if d, ok := e.(session.Display); ok {
			text, _ := d.Bundle.Data["text/plain"].(string)
			texts = append(texts, text)
		}
	}
	return texts
}

func TestCharts(t *testing.T) {
	onBothEngines(t, func(t *testing.T, e *Engine) {
		nb := &notebook{t: t, e: e}
		tr, r := nb.exec(`type Celsius float64
display.Line([]int{1, 2, 3}, []Celsius{10, 20, 15})
display.Bars([]string{"a", "b"}, []int{1, 2})
display.Box(map[string][]float64{"x": {1, 2, 3}})
c := display.NewChart("temperature").Line("measured", nil, []Celsius{1, 2}).Axes("day", "°C")
c`)
		if r.Failure != nil {
			t.Fatal(r.Failure.Traceback)
		}
		shown := tr.shown()
		if len(shown) != 3 || !strings.HasPrefix(shown[0], "▁█▅  x 1 to 3, y 10 to 20") || !strings.HasPrefix(shown[2], "x min 1") {
			t.Errorf("shown are %q", shown)
		}
		if r.Value == nil || r.Value.Data["text/plain"] != "temperature\nmeasured ▁█  x 0 to 1, y 1 to 2, 2 points" || r.Value.Data["text/html"] == nil {
			t.Errorf("the value is %v", r.Value)
		}
		// A chart that follows a channel, in a goroutine that is listed and leaves
		// when the channel is closed.
		tr, r = nb.exec(`ch := make(chan float64)
live := display.NewChart("")
live.Show()
live.Follow("n", ch);
for i := range 100 {
	ch <- float64(i)
}`)
		if r.Failure != nil || r.Goroutines != 1 {
			t.Fatalf("%v, %d goroutines", r.Failure, r.Goroutines)
		}
		until(t, "the last point", func() bool {
			shown := tr.shown()
			return strings.Contains(shown[len(shown)-1], "x 0 to 99, y 0 to 99, 100 points")
		})
		nb.run("close(ch)")
		until(t, "the end of the goroutine", func() bool { return !strings.Contains(nb.run("%goroutines"), "Follow") })
	})
}
