/*
Package chart draws charts as SVG, with gonum's plot, and as text.

It knows numbers and how they look, and nothing of notebooks: what is drawn is a
[Chart], plain data.
*/
package chart

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Kind is how a series is drawn.
type Kind int

// The kinds of series.
const (
	Line Kind = iota
	Scatter
	Bar
	Histogram
	Box
	Heat
)

// String is what a series of that kind looks like.
func (k Kind) String() string {
	return [...]string{"a line", "points", "bars", "a histogram", "a box plot", "a heat map"}[k]
}

// A Series is one set of numbers in a chart.
type Series struct {
	Name string
	Kind Kind
	// X and Y are the points of a Line or Scatter; X may be nil, which counts.
	// Y alone has the values of the others.
	X, Y   []float64
	Labels []string    // of a Bar's values
	Grid   [][]float64 // of a Heat: rows from top to bottom
}

// An Axis is one of a chart's.
type Axis struct {
	Label string
	Log   bool // logarithmic; what is not above zero is left out
	Time  bool // the numbers are seconds since 1970
}

// A Chart is what is drawn. The zero value is an empty chart.
type Chart struct {
	Title         string
	X, Y          Axis
	Width, Height float64 // in points; 0 for the usual size
	Series        []Series
}

// How charts look.
const (
	usualWidth  = 460
	usualHeight = 270
	maxSide     = 3000
	// maxPoints is how many points of a series are drawn. Of a line with more,
	// the lowest and highest of each stretch are; of points, every nth.
	maxPoints = 2000
	maxCells  = 10_000 // of a heat map
)

// Colours of what is no series. They stand for the colour of the text around
// the chart, which is not known here.
var (
	ink  = color.NRGBA{0x12, 0x34, 0x56, 0xff}
	grid = color.NRGBA{0x12, 0x34, 0x57, 0xff}
)

// colours of series, each with a contrast of 3 or more to white and to what is
// dark in JupyterLab.
var colours = []color.NRGBA{
	{0x1f, 0x77, 0xb4, 0xff}, // blue
	{0xd9, 0x5f, 0x02, 0xff}, // orange
	{0x2c, 0x96, 0x3f, 0xff}, // green
	{0xd6, 0x3a, 0x3a, 0xff}, // red
	{0x93, 0x67, 0xc4, 0xff}, // purple
	{0x0f, 0x8f, 0x8f, 0xff}, // teal
	{0xc9, 0x4f, 0x9e, 0xff}, // pink
	{0x8c, 0x75, 0x20, 0xff}, // olive
}

func colour(i int) color.Color { return colours[i%len(colours)] }

// SVG draws the chart. Inline, in a page, it takes the colour of the text around
// it; otherwise it has a white background, and dark text.
func (c *Chart) SVG(inline bool) (svg string, err error) {
	defer func() {
		if p := recover(); p != nil { // gonum panics at what it cannot draw
			svg, err = "", fmt.Errorf("the chart cannot be drawn: %v", p)
		}
	}()
	x, y := c.X, c.Y
	for _, s := range c.Series {
		if s.Kind != Line && s.Kind != Scatter && (x.Log || y.Log) {
			return "", errors.New("only lines and points go with a logarithmic axis")
		}
	}
	if len(slices.Concat(c.all()...)) == 0 {
		x.Log, y.Log = false, false // nothing says from where to where
	}
	p := plot.New()
	p.BackgroundColor = nil
	p.Title.Text = c.Title
	x.apply(&p.X)
	y.apply(&p.Y)
	for _, text := range []*font.Font{&p.Title.TextStyle.Font, &p.Legend.TextStyle.Font} {
		text.Typeface, text.Variant, text.Size = "Liberation", "Sans", vg.Points(10)
	}
	p.Title.TextStyle.Color, p.Legend.TextStyle.Color = ink, ink
	p.Title.Padding = vg.Points(5)
	p.Legend.Top, p.Legend.Padding = true, vg.Points(2)
	if !heat(c.Series) {
		lines := plotter.NewGrid()
		lines.Vertical.Color, lines.Horizontal.Color = grid, grid
		p.Add(lines)
	}
	if err := c.add(p); err != nil {
		return "", err
	}
	w, h := side(c.Width, usualWidth), side(c.Height, usualHeight)
	canvas := vgsvg.New(vg.Length(w), vg.Length(h))
	// What stands at the very end of an axis reaches beyond it.
	p.Draw(draw.Crop(draw.New(canvas), vg.Points(4), -vg.Points(12), vg.Points(4), -vg.Points(4)))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("the chart cannot be drawn: %w", err)
	}
	return dress(b.String(), c.words(), inline), nil
}

func heat(list []Series) bool {
	return slices.ContainsFunc(list, func(s Series) bool { return s.Kind == Heat })
}

func side(given, usual float64) float64 {
	if !(given > 0) {
		return usual
	}
	return min(max(given, 50), maxSide)
}

// words are for who cannot see the drawing, and for pages that ask for some.
func (c *Chart) words() string {
	words := "a chart"
	if c.Title != "" {
		words += " titled " + c.Title
	}
	for i, s := range c.Series {
		words += []string{": ", ", "}[min(i, 1)] + s.Kind.String()
		if s.Name != "" {
			words += " of " + s.Name
		}
	}
	return words
}

// dress gives the drawing the colours and fonts of where it goes, and words.
func dress(svg, words string, inline bool) string {
	text, faint := "#333333", "#dddddd;stroke-opacity:1"
	if inline {
		text, faint = "currentColor", "currentColor;stroke-opacity:0.15"
	}
	if i := strings.Index(svg, "<svg"); i >= 0 {
		svg = svg[i:] // without the prologue, which is none within HTML
	}
	svg = strings.NewReplacer(
		hex(ink), text, hex(grid), faint,
		"font-family:Liberation Sans", "font-family:Liberation Sans,Arial,Helvetica,sans-serif",
	).Replace(svg)
	svg = strings.Replace(svg, "<svg", `<svg role="img" aria-label="`+html.EscapeString(words)+`"`, 1)
	open := strings.Index(svg, ">") + 1
	if !inline {
		return svg[:open] + `<rect width="100%" height="100%" fill="#ffffff"/>` + svg[open:]
	}
	return strings.Replace(svg[:open], "<svg", `<svg style="max-width:100%;height:auto"`, 1) + svg[open:]
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

func (a Axis) apply(x *plot.Axis) {
	x.Label.Text = a.Label
	x.Color, x.Tick.Color, x.Label.TextStyle.Color, x.Tick.Label.Color = ink, ink, ink, ink
	for _, f := range []*font.Font{&x.Label.TextStyle.Font, &x.Tick.Label.Font} {
		f.Typeface, f.Variant, f.Size = "Liberation", "Sans", vg.Points(9)
	}
	switch {
	case a.Log:
		x.Scale, x.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	case a.Time:
		x.Tick.Marker = timeTicks{}
	default:
		x.Tick.Marker = roundTicks{}
	}
}

// add draws the series.
func (c *Chart) add(p *plot.Plot) error {
	bars, n := 0, 0
	for _, s := range c.Series {
		if s.Kind == Bar {
			n++
		}
	}
	var names []string
	boxes := 0
	for i, s := range c.Series {
		var legend plot.Thumbnailer
		switch s.Kind {
		case Line, Scatter:
			points := c.points(s)
			if len(points) == 0 {
				continue
			}
			if s.Kind == Line {
				l, err := plotter.NewLine(points)
				if err != nil {
					return err
				}
				l.Color, l.Width = colour(i), vg.Points(1.5)
				p.Add(l)
				legend = l
				if len(points) > 1 {
					break
				}
				// A line through one point is a point.
			}
			d, err := plotter.NewScatter(points)
			if err != nil {
				return err
			}
			d.Color, d.Radius, d.Shape = colour(i), vg.Points(2), draw.CircleGlyph{}
			p.Add(d)
			if legend == nil {
				legend = d
			}
		case Bar:
			if len(s.Y) == 0 {
				continue
			}
			width := vg.Length(side(c.Width, usualWidth)) * 0.7 / vg.Length(len(s.Y)*n)
			b, err := plotter.NewBarChart(plotter.Values(finite(s.Y)), width)
			if err != nil {
				return err
			}
			b.Color, b.LineStyle.Width = colour(i), 0
			b.Offset = width * vg.Length(float64(bars)-float64(n-1)/2)
			bars++
			p.Add(b)
			if len(s.Labels) > len(names) {
				names = s.Labels
			}
			legend = b
		case Histogram:
			values := finite(s.Y)
			if len(values) == 0 {
				continue
			}
			h, err := plotter.NewHist(plotter.Values(values), len(bins(values)))
			if err != nil {
				return err
			}
			h.FillColor, h.LineStyle.Color, h.LineStyle.Width = colour(i), ink, vg.Points(0.5)
			p.Add(h)
			legend = histThumb{h}
		case Box:
			values := finite(s.Y)
			if len(values) == 0 {
				continue
			}
			b, err := plotter.NewBoxPlot(vg.Points(24), float64(boxes), plotter.Values(values))
			if err != nil {
				return err
			}
			b.BoxStyle.Color, b.MedianStyle.Color, b.WhiskerStyle.Color, b.GlyphStyle.Color = ink, colour(i), ink, colour(i)
			b.MedianStyle.Width = vg.Points(2)
			boxes++
			p.Add(b)
			names = append(names, s.Name)
		case Heat:
			if err := addHeat(p, s); err != nil {
				return err
			}
		}
		if legend != nil && s.Name != "" {
			p.Legend.Add(s.Name, legend)
		}
	}
	if len(names) > 0 {
		p.NominalX(names...)
		p.X.Color, p.X.Width = ink, vg.Points(0.5) // NominalX takes the line away
		p.X.Min, p.X.Max = -0.5, float64(len(names))-0.5
	}
	if !c.Y.Log && !heat(c.Series) && p.Y.Max > p.Y.Min {
		// Nothing lies on the edge, but what stands on the ground does.
		room := (p.Y.Max - p.Y.Min) * 0.04
		if p.Y.Max != 0 {
			p.Y.Max += room
		}
		if p.Y.Min != 0 {
			p.Y.Min -= room
		}
	}
	return nil
}

// all are the points of all series.
func (c *Chart) all() (list []plotter.XYs) {
	for _, s := range c.Series {
		list = append(list, c.points(s))
	}
	return list
}

// points are those of a series that can be drawn, not too many.
func (c *Chart) points(s Series) plotter.XYs {
	var points plotter.XYs
	for i, y := range s.Y {
		x := float64(i)
		if s.X != nil {
			if i >= len(s.X) {
				break
			}
			x = s.X[i]
		}
		if drawable(x, c.X.Log) && drawable(y, c.Y.Log) {
			points = append(points, plotter.XY{X: x, Y: y})
		}
	}
	switch {
	case len(points) <= maxPoints:
		return points
	case s.Kind == Line:
		return extremes(points, maxPoints)
	}
	step := (len(points) + maxPoints - 1) / maxPoints
	var some plotter.XYs
	for i := 0; i < len(points); i += step {
		some = append(some, points[i])
	}
	return some
}

// extremes keeps the lowest and the highest point of each of n/2 stretches, in
// their order, and the first and the last.
func extremes(points plotter.XYs, n int) plotter.XYs {
	out := plotter.XYs{points[0]}
	stretches := n / 2
	for k := range stretches {
		part := points[k*len(points)/stretches : (k+1)*len(points)/stretches]
		lo, hi := 0, 0
		for i, p := range part {
			if p.Y < part[lo].Y {
				lo = i
			}
			if p.Y > part[hi].Y {
				hi = i
			}
		}
		out = append(out, part[min(lo, hi)], part[max(lo, hi)])
	}
	return append(out, points[len(points)-1])
}

func drawable(v float64, log bool) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!log || v > 0)
}

// finite leaves out what is no number. A bar of it has no height.
func finite(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !drawable(v, false) })
}

// bins counts values in ranges of equal width.
func bins(values []float64) []int {
	lo, hi := slices.Min(values), slices.Max(values)
	if lo == hi {
		return []int{len(values)}
	}
	n := min(max(int(math.Ceil(math.Sqrt(float64(len(values))))), 1), 40)
	counts := make([]int, n)
	for _, v := range values {
		counts[min(int((v/(hi-lo)-lo/(hi-lo))*float64(n)), n-1)]++
	}
	return counts
}

// histThumb is a histogram in a legend.
type histThumb struct{ h *plotter.Histogram }

func (t histThumb) Thumbnail(c *draw.Canvas) {
	r := c.Rectangle
	c.FillPolygon(t.h.FillColor, []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}})
}
