package chart

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// field is the grid of a heat map, with its first row at the top.
type field [][]float64

func (f field) Dims() (c, r int)   { return width(f), len(f) }
func (f field) X(c int) float64    { return float64(c) }
func (f field) Y(r int) float64    { return float64(r) }
func (f field) Z(c, r int) float64 { return cell(f, c, len(f)-1-r) }

// cell is a value of a grid whose rows may differ in length.
func cell(grid [][]float64, column, row int) float64 {
	if column >= len(grid[row]) || !drawable(grid[row][column], false) {
		return math.NaN()
	}
	return grid[row][column]
}

func width(grid [][]float64) int {
	n := 0
	for _, row := range grid {
		n = max(n, len(row))
	}
	return n
}

// span is the lowest and highest value of a grid.
func span(grid [][]float64) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, row := range grid {
		for _, v := range row {
			if drawable(v, false) {
				lo, hi, ok = min(lo, v), max(hi, v), true
			}
		}
	}
	return lo, hi, ok
}

func addHeat(p *plot.Plot, s Series) error {
	lo, hi, ok := span(s.Grid)
	if !ok {
		return nil
	}
	if n := width(s.Grid) * len(s.Grid); n > maxCells {
		return fmt.Errorf("a heat map of %d cells is too large to draw; up to %d are drawn", n, maxCells)
	}
	h := plotter.NewHeatMap(field(s.Grid), shades)
	h.Min, h.Max = lo, hi
	if lo == hi {
		h.Max = lo + 1
	}
	p.Add(h)
	thumbs := plotter.PaletteThumbnailers(shades)
	for _, part := range []float64{1, 0.5, 0} {
		p.Legend.Add(short(lo+(hi-lo)*part), thumbs[int(part*float64(len(thumbs)-1))])
	}
	// Room for the legend, on the right.
	p.X.Max += float64(width(s.Grid)) * 0.22
	last := len(s.Grid) - 1
	p.Y.Tick.Marker = plot.TickerFunc(func(lo, hi float64) []plot.Tick {
		var ticks []plot.Tick
		for r := 0; r <= last; r += last/10 + 1 {
			ticks = append(ticks, plot.Tick{Value: float64(last - r), Label: fmt.Sprint(r)})
		}
		return ticks
	})
	columns := width(s.Grid)
	p.X.Tick.Marker = plot.TickerFunc(func(lo, hi float64) []plot.Tick {
		var ticks []plot.Tick
		for c := 0; c < columns; c += (columns-1)/10 + 1 {
			ticks = append(ticks, plot.Tick{Value: float64(c), Label: fmt.Sprint(c)})
		}
		return ticks
	})
	return nil
}

// scale is a list of colours from low to high.
type scale []color.Color

func (s scale) Colors() []color.Color { return s }

// shades go from dark blue by way of green to yellow, which people who see few
// colours can tell apart by how light they are.
var shades = func() scale {
	stops := []color.NRGBA{{0x44, 0x01, 0x54, 0xff}, {0x3b, 0x52, 0x8b, 0xff}, {0x21, 0x91, 0x8c, 0xff}, {0x5e, 0xc9, 0x62, 0xff}, {0xfd, 0xe7, 0x25, 0xff}}
	const n = 64
	s := make(scale, n)
	for i := range s {
		at := float64(i) / (n - 1) * float64(len(stops)-1)
		k := min(int(at), len(stops)-2)
		mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*(at-float64(k)))) }
		a, b := stops[k], stops[k+1]
		s[i] = color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
	}
	return s
}()
