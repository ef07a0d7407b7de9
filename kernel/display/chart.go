package display

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/chart"
)

// maxSeries and maxKept bound what a chart keeps.
const (
	maxSeries = 50
	maxKept   = 100_000 // points of a series that grows
)

// canvas is a chart that cells use.
type canvas struct {
	out sink

	mu    sync.Mutex
	chart chart.Chart
	keep  int         // points of a series
	lives *canvasView // where it was shown last; nil if nowhere
}

// canvasView is where a chart is shown.
type canvasView struct {
	out    sink // of the cell that shows it
	id     string
	drawn  time.Time
	waits  bool // a drawing is due
	sketch sync.Mutex
}

var kinds = map[string]chart.Kind{
	"Line": chart.Line, "Scatter": chart.Scatter, "Bar": chart.Bar,
	"Histogram": chart.Histogram, "Box": chart.Box, "HeatMap": chart.Heat,
}

func newChart(out sink, title string) *Chart {
	return &Chart{&canvas{out: out, keep: maxKept, chart: chart.Chart{Title: clean(title)}}}
}

// chartContent draws a chart for pages with a text colour of their own, for
// others, and for terminals.
func chartContent(c *chart.Chart) content {
	inline, err := c.SVG(true)
	if err != nil {
		return content{err: err.Error()}
	}
	alone, err := c.SVG(false)
	if err != nil {
		return content{err: err.Error()}
	}
	return content{data: map[string]any{mimeHTML: inline, mimeSVG: alone, mimeText: c.Text()}}
}

// oneChart is a chart of one series.
func oneChart(kind string, xs, ys any) content {
	var c chart.Chart
	if err := put(&c, kind, "", xs, ys); err != nil {
		return content{err: fmt.Sprintf("display.%s: %v", kind, err)}
	}
	return chartContent(&c)
}

func oneBar(labels []string, values any) content {
	var c chart.Chart
	if err := putBars(&c, "", labels, values); err != nil {
		return content{err: fmt.Sprintf("display.Bars: %v", err)}
	}
	return chartContent(&c)
}

// boxes is a chart with a box for a slice, or for each of a map of slices.
func boxes(values any) content {
	var c chart.Chart
	v := reflect.ValueOf(values)
	if !v.IsValid() || v.Kind() != reflect.Map {
		return oneChart("Box", nil, values)
	}
	for _, e := range sortedEntries(v) {
		if err := put(&c, "Box", cellText(e.key), nil, e.value.Interface()); err != nil {
			return content{err: fmt.Sprintf("display.Box: %v", err)}
		}
	}
	return chartContent(&c)
}

// put adds a series to a chart, or replaces one.
func put(c *chart.Chart, kind, name string, xs, ys any) error {
	s := chart.Series{Name: clean(name), Kind: kinds[kind]}
	if s.Kind == chart.Heat {
		grid, err := gridOf(ys)
		if err != nil {
			return err
		}
		s.Grid = grid
		return set(c, s)
	}
	y, err := numbersOf(ys)
	if err != nil {
		return err
	}
	s.Y = y.values
	if y.seconds {
		c.Y.Label = cmp.Or(c.Y.Label, "seconds")
	}
	if xs != nil {
		x, err := numbersOf(xs)
		if err != nil {
			return err
		}
		if len(x.values) != len(y.values) {
			return fmt.Errorf("there are %d xs and %d ys", len(x.values), len(y.values))
		}
		s.X, c.X.Time = x.values, c.X.Time || x.times
		if x.seconds {
			c.X.Label = cmp.Or(c.X.Label, "seconds")
		}
	}
	return set(c, s)
}

func putBars(c *chart.Chart, name string, labels []string, values any) error {
	y, err := numbersOf(values)
	if err != nil {
		return err
	}
	if labels == nil {
		for i := range y.values {
			labels = append(labels, fmt.Sprint(i))
		}
	}
	if len(labels) != len(y.values) {
		return fmt.Errorf("there are %d labels and %d values", len(labels), len(y.values))
	}
	if y.seconds {
		c.Y.Label = cmp.Or(c.Y.Label, "seconds")
	}
	s := chart.Series{Name: clean(name), Kind: chart.Bar, Y: y.values}
	for _, l := range labels {
		s.Labels = append(s.Labels, clean(l))
	}
	return set(c, s)
}

func set(c *chart.Chart, s chart.Series) error {
	if i := slices.IndexFunc(c.Series, func(o chart.Series) bool { return o.Name == s.Name && o.Kind == s.Kind }); i >= 0 {
		c.Series[i] = s
		return nil
	}
	if len(c.Series) == maxSeries {
		return fmt.Errorf("the chart has %d series already; more cannot be told apart", maxSeries)
	}
	c.Series = append(c.Series, s)
	return nil
}

func (c *Chart) series(kind, name string, xs, ys any) *Chart {
	return c.change(kind, func(ch *chart.Chart) error { return put(ch, kind, name, xs, ys) })
}

func (c *Chart) bars(name string, labels []string, values any) *Chart {
	return c.change("Bars", func(ch *chart.Chart) error { return putBars(ch, name, labels, values) })
}

func (c *Chart) axes(x, y string) *Chart {
	return c.change("Axes", func(ch *chart.Chart) error { ch.X.Label, ch.Y.Label = clean(x), clean(y); return nil })
}

func (c *Chart) log(x, y bool) *Chart {
	return c.change("Log", func(ch *chart.Chart) error { ch.X.Log, ch.Y.Log = x, y; return nil })
}

func (c *Chart) size(width, height float64) *Chart {
	return c.change("Size", func(ch *chart.Chart) error { ch.Width, ch.Height = width, height; return nil })
}

func (c *Chart) window(n int) *Chart {
	return c.change("Window", func(ch *chart.Chart) error {
		if n <= 0 {
			return fmt.Errorf("%d points are none; give it 1 or more", n)
		}
		c.c.keep = min(n, maxKept)
		return nil
	})
}

// change changes the chart, and has it drawn again where it is shown. What is
// wrong is said below the cell, and changes nothing.
func (c *Chart) change(method string, f func(*chart.Chart) error) *Chart {
	k := c.c
	k.mu.Lock()
	err := f(&k.chart)
	k.redraw()
	k.mu.Unlock()
	if err != nil {
		k.out.complain(fmt.Sprintf("Chart.%s: %v", method, err))
	}
	return c
}

func (c *Chart) add(name string, x, y float64) {
	c.c.mu.Lock()
	defer c.c.mu.Unlock()
	c.c.grow(clean(name), func(chart.Series) float64 { return x }, y)
}

func (c *Chart) follow(name string, ys <-chan float64) *Chart {
	n := 0.0
	c.c.out.receive(ys, func(y float64) {
		c.c.mu.Lock()
		defer c.c.mu.Unlock()
		c.c.grow(clean(name), func(chart.Series) float64 { return n }, y)
		n++
	})
	return c
}

// grow adds a point to a line. The lock is held.
func (k *canvas) grow(name string, x func(chart.Series) float64, y float64) {
	i := slices.IndexFunc(k.chart.Series, func(s chart.Series) bool { return s.Name == name && s.Kind == chart.Line })
	if i < 0 {
		if set(&k.chart, chart.Series{Name: name, Kind: chart.Line, X: []float64{}}) != nil {
			return
		}
		i = len(k.chart.Series) - 1
	}
	s := &k.chart.Series[i]
	if s.X == nil { // counted so far
		for j := range s.Y {
			s.X = append(s.X, float64(j))
		}
	}
	s.X, s.Y = append(s.X, x(*s)), append(s.Y, y)
	// Twice as much is kept for a moment, so that not every point is moved each
	// time.
	if n := len(s.Y); n >= 2*k.keep || n > k.keep && k.keep < 1000 {
		s.X, s.Y = slices.Clone(s.X[n-k.keep:]), slices.Clone(s.Y[n-k.keep:])
	}
	k.redraw()
}

// snapshot is a copy of the chart that nobody changes. The lock is held.
func (k *canvas) snapshot() chart.Chart {
	c := k.chart
	c.Series = slices.Clone(c.Series)
	for i := range c.Series {
		s := &c.Series[i]
		// What is appended later is beyond these; nothing is changed in place.
		from := max(len(s.Y)-k.keep, 0)
		if s.X != nil && len(s.X) == len(s.Y) {
			s.X = s.X[from:len(s.X):len(s.X)]
			s.Y = s.Y[from:len(s.Y):len(s.Y)]
		}
	}
	return c
}

func (c *Chart) bundle() map[string]any {
	c.c.mu.Lock()
	snapshot := c.c.snapshot()
	c.c.mu.Unlock()
	content := chartContent(&snapshot)
	if content.err != "" {
		return map[string]any{mimeText: content.err}
	}
	return maps.Clone(content.data)
}

func (c *Chart) show() {
	k := c.c
	v := &canvasView{out: k.out.here(), id: k.out.newID(), drawn: time.Now()}
	v.sketch.Lock()
	defer v.sketch.Unlock()
	k.mu.Lock()
	snapshot := k.snapshot()
	k.lives = v
	k.mu.Unlock()
	v.out.put(chartContent(&snapshot), v.id, false)
}

// redraw has the chart drawn again soon, if it is shown. The lock is held.
func (k *canvas) redraw() {
	v := k.lives
	if v == nil || v.waits {
		return
	}
	v.waits = true
	time.AfterFunc(max(drawInterval-time.Since(v.drawn), time.Millisecond), func() { k.draw(v) })
}

// draw draws the chart as it is now. Drawings come in order, and what takes long
// to draw or to send is drawn less often.
func (k *canvas) draw(v *canvasView) {
	v.sketch.Lock()
	defer v.sketch.Unlock()
	k.mu.Lock()
	snapshot := k.snapshot()
	v.waits, v.drawn = false, time.Now()
	k.mu.Unlock()
	v.out.put(chartContent(&snapshot), v.id, true)
}
