package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"
)

const (
	sparkWidth = 60 // characters
	barWidth   = 30
	maxLines   = 40 // of bars or rows
)

// Text is the chart for who cannot see it: a line of blocks for each line, bars
// of characters, and the figures.
func (c *Chart) Text() string {
	var b strings.Builder
	if c.Title != "" {
		b.WriteString(c.Title + "\n")
	}
	names := 0
	for _, s := range c.Series {
		names = max(names, widthOf(s.Name))
	}
	for _, s := range c.Series {
		label := ""
		if names > 0 {
			label = pad(s.Name, names) + " "
		}
		switch s.Kind {
		case Line, Scatter:
			b.WriteString(label + c.sparkText(s) + "\n")
		case Bar:
			writeBars(&b, s.Name, s.Labels, s.Y)
		case Histogram:
			writeHistogram(&b, s)
		case Box:
			b.WriteString(label + boxText(s.Y) + "\n")
		case Heat:
			writeHeat(&b, s.Grid)
		}
	}
	if len(c.Series) == 0 {
		b.WriteString("(an empty chart)\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var blocks = []rune("▁▂▃▄▅▆▇█")

func (c *Chart) sparkText(s Series) string {
	points := c.points(s)
	if len(points) == 0 {
		return "(no points)"
	}
	xlo, xhi, ylo, yhi := points[0].X, points[0].X, points[0].Y, points[0].Y
	for _, p := range points {
		xlo, xhi, ylo, yhi = min(xlo, p.X), max(xhi, p.X), min(ylo, p.Y), max(yhi, p.Y)
	}
	// A column is the mean of the points in it.
	columns := min(sparkWidth, len(points))
	sum, count := make([]float64, columns), make([]int, columns)
	for _, p := range points {
		i := place(p.X, xlo, xhi, columns)
		sum[i] += p.Y / float64(len(points)) // so that large ones do not overflow
		count[i]++
	}
	line := make([]rune, columns)
	for i := range line {
		if line[i] = ' '; count[i] > 0 {
			mean := sum[i] * (float64(len(points)) / float64(count[i]))
			line[i] = blocks[place(mean, ylo, yhi, len(blocks))]
		}
	}
	size := fmt.Sprintf("%d points", len(s.Y))
	if len(s.Y) == 1 {
		size = "1 point"
	}
	return fmt.Sprintf("%s  x %s to %s, y %s to %s, %s", string(line), c.X.text(xlo), c.X.text(xhi), c.Y.text(ylo), c.Y.text(yhi), size)
}

// place is in which of n equal parts of lo to hi v is.
func place(v, lo, hi float64, n int) int {
	if hi <= lo {
		return 0
	}
	return min(max(int((v/(hi-lo)-lo/(hi-lo))*float64(n)), 0), n-1)
}

func writeBars(b *strings.Builder, name string, labels []string, values []float64) {
	if name != "" {
		b.WriteString(name + "\n")
	}
	wide, top := 0, 0.0
	for i, v := range values {
		wide = max(wide, widthOf(labelAt(labels, i)))
		if drawable(v, false) {
			top = max(top, math.Abs(v))
		}
	}
	for i, v := range values {
		if i == maxLines {
			fmt.Fprintf(b, "… %d more\n", len(values)-i)
			break
		}
		n := 0
		if top > 0 && drawable(v, false) {
			n = int(math.Round(math.Abs(v) / top * barWidth))
		}
		fmt.Fprintf(b, "%s %s %s\n", pad(labelAt(labels, i), wide), strings.Repeat("█", n), short(v))
	}
}

func labelAt(labels []string, i int) string {
	if i < len(labels) {
		return labels[i]
	}
	return strconv.Itoa(i)
}

func writeHistogram(b *strings.Builder, s Series) {
	values := finite(s.Y)
	if len(values) == 0 {
		b.WriteString("(no values)\n")
		return
	}
	counts := bins(values)
	lo, hi := slices.Min(values), slices.Max(values)
	labels, heights := make([]string, len(counts)), make([]float64, len(counts))
	for i, n := range counts {
		part := func(k int) float64 { return lo + (hi-lo)*float64(k)/float64(len(counts)) }
		labels[i], heights[i] = short(part(i))+" to "+short(part(i+1)), float64(n)
	}
	writeBars(b, s.Name, labels, heights)
}

func boxText(y []float64) string {
	values := finite(y)
	if len(values) == 0 {
		return "(no values)"
	}
	slices.Sort(values)
	at := func(q float64) string {
		i := q * float64(len(values)-1)
		k := min(int(i), len(values)-1)
		next := values[min(k+1, len(values)-1)]
		return short(values[k] + (next-values[k])*(i-float64(k)))
	}
	return fmt.Sprintf("min %s, quarter %s, median %s, three quarters %s, max %s (%d values)", at(0), at(0.25), at(0.5), at(0.75), at(1), len(values))
}

func writeHeat(b *strings.Builder, grid [][]float64) {
	lo, hi, ok := span(grid)
	if !ok {
		b.WriteString("(no values)\n")
		return
	}
	shade := []rune("·░▒▓█")
	for r := range grid {
		if r == maxLines {
			fmt.Fprintf(b, "… %d more rows\n", len(grid)-r)
			break
		}
		for c := range min(width(grid), sparkWidth) {
			v := cell(grid, c, r)
			if math.IsNaN(v) {
				b.WriteString("  ")
				continue
			}
			s := string(shade[place(v, lo, hi, len(shade))])
			b.WriteString(s + s)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "· is %s, █ is %s\n", short(lo), short(hi))
}

// text is a number on the axis.
func (a Axis) text(v float64) string {
	if a.Time {
		return time.Unix(int64(v), 0).Format(time.DateTime)
	}
	return short(v)
}

// short is a number in few digits.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

var textWidth = &runewidth.Condition{}

func widthOf(s string) int { return textWidth.StringWidth(s) }

func pad(s string, n int) string { return s + strings.Repeat(" ", max(n-widthOf(s), 0)) }
