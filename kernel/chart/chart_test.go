package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"image/color"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var pictures = flag.String("pictures", "", "write the charts of the tests to this folder")

func wave(n int, f func(x float64) float64) (xs, ys []float64) {
	for i := range n {
		x := float64(i) / 10
		xs, ys = append(xs, x), append(ys, f(x))
	}
	return xs, ys
}

func samples() map[string]*Chart {
	x, sine := wave(100, math.Sin)
	_, cosine := wave(100, math.Cos)
	_, growth := wave(60, math.Exp)
	_, noise := wave(50_000, func(x float64) float64 { return math.Sin(x*7) * math.Cos(x*13) })
	var grid [][]float64
	for r := range 12 {
		row := make([]float64, 20)
		for c := range row {
			row[c] = math.Sin(float64(r)/3) * math.Cos(float64(c)/4)
		}
		grid = append(grid, row)
	}
	return map[string]*Chart{
		"empty":     {},
		"line":      {Title: "Waves & <more>", X: Axis{Label: "x"}, Y: Axis{Label: "y"}, Series: []Series{{Name: "sine", X: x, Y: sine}, {Name: "cosine", X: x, Y: cosine}}},
		"log":       {Y: Axis{Label: "size", Log: true}, Series: []Series{{Y: growth}}},
		"log zero":  {Y: Axis{Log: true}, Series: []Series{{Y: []float64{0, -1}}}},
		"times":     {X: Axis{Time: true}, Series: []Series{{X: []float64{1.79e9, 1.79e9 + 3600, 1.79e9 + 9000}, Y: []float64{1, 3, 2}}}},
		"long":      {Series: []Series{{Y: noise}}},
		"scatter":   {Series: []Series{{Name: "a", Kind: Scatter, X: sine, Y: cosine}, {Name: "b", Kind: Scatter, X: sine, Y: x}}},
		"bar":       {Series: []Series{{Name: "2025", Kind: Bar, Labels: []string{"go", "rust", "zig"}, Y: []float64{3, 2, -1}}, {Name: "2026", Kind: Bar, Labels: []string{"go", "rust", "zig"}, Y: []float64{4, 2.5, 1}}}},
		"histogram": {Series: []Series{{Kind: Histogram, Y: noise}}},
		"box":       {Series: []Series{{Name: "sine", Kind: Box, Y: sine}, {Name: "growth", Kind: Box, Y: growth}}},
		"heat":      {Title: "Heat", Series: []Series{{Kind: Heat, Grid: grid}}},
		"flat":      {Series: []Series{{Y: []float64{5, 5, 5}}, {Kind: Histogram, Y: []float64{2, 2}}}},
		"one":       {Series: []Series{{Y: []float64{5}}}},
		"huge":      {Series: []Series{{Y: []float64{-math.MaxFloat64 / 4, math.MaxFloat64 / 4}}}},
		"ragged":    {Series: []Series{{Kind: Heat, Grid: [][]float64{{1}, {2, math.NaN()}, {}}}}},
	}
}

func TestCharts(t *testing.T) {
	for name, c := range samples() {
		for _, inline := range []bool{true, false} {
			svg, err := c.SVG(inline)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if !strings.Contains(svg[:strings.Index(svg, ">")], ` role="img" aria-label="a chart`) {
				t.Errorf("%s: a picture without words", name)
			}
			if len(svg) > 200<<10 {
				t.Errorf("%s: %d bytes", name, len(svg))
			}
			d := xml.NewDecoder(strings.NewReader(svg))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Errorf("%s: %v", name, err)
					break
				}
			}
			if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || strings.Contains(svg, "#12345") {
				t.Errorf("%s: the picture has what it should not", name)
			}
			if *pictures != "" && !inline {
				if err := os.WriteFile(filepath.Join(*pictures, name+".svg"), []byte(svg), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if *pictures != "" && inline {
				if err := os.WriteFile(filepath.Join(*pictures, name+".html"), []byte(svg), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
		text := c.Text()
		if text == "" {
			t.Errorf("%s has no text", name)
		}
		if *pictures != "" {
			t.Logf("%s\n%s", name, text)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, tt := range []struct {
		lo, hi float64
		want   string
	}{
		{0, 10, "0 2 4 6 8 10"},
		{-1.04, 1.04, "-1.0 -0.5 0.0 0.5 1.0"},
		{0, 49999, "0 10000 20000 30000 40000"},
		{3, 3.001, "3.0000 3.0002 3.0004 3.0006 3.0008 3.0010"},
		{0, 3e7, "0 5e+06 1e+07 1.5e+07 2e+07 2.5e+07 3e+07"},
		{-1e-7, 3e-7, "-1e-07 0 1e-07 2e-07 3e-07"},
	} {
		var labels []string
		for _, tick := range (roundTicks{}).Ticks(tt.lo, tt.hi) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != tt.want {
			t.Errorf("%v to %v: %s, want %s", tt.lo, tt.hi, got, tt.want)
		}
	}
	start := time.Date(2026, 11, 26, 10, 0, 0, 0, time.Local)
	var labels []string
	for _, tick := range (timeTicks{}).Ticks(float64(start.Unix()), float64(start.Add(4*time.Hour).Unix())) {
		labels = append(labels, tick.Label)
	}
	if got := strings.Join(labels, " "); got != "10:00 11:00 12:00 13:00 14:00" {
		t.Errorf("times: %s", got)
	}
}

// The colours of series are told from the page in light and in dark.
func TestColours(t *testing.T) {
	luminance := func(c color.NRGBA) float64 {
		part := func(v uint8) float64 {
			f := float64(v) / 255
			if f <= 0.04045 {
				return f / 12.92
			}
			return math.Pow((f+0.055)/1.055, 2.4)
		}
		return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
	}
	contrast := func(a, b color.NRGBA) float64 {
		x, y := luminance(a), luminance(b)
		return (max(x, y) + 0.05) / (min(x, y) + 0.05)
	}
	for _, c := range colours {
		for _, page := range []color.NRGBA{{0xff, 0xff, 0xff, 0xff}, {0x11, 0x11, 0x11, 0xff}} {
			if k := contrast(c, page); k < 3 {
				t.Errorf("%v on %v has a contrast of %.2f", c, page, k)
			}
		}
	}
}

// A line with many points keeps its highest and lowest ones.
func TestLongLineKeepsItsPeaks(t *testing.T) {
	y := make([]float64, 100_000)
	y[54_321], y[77_777] = 9, -9
	c := &Chart{Series: []Series{{Y: y}}}
	points := c.points(c.Series[0])
	lo, hi := 0.0, 0.0
	for _, p := range points {
		lo, hi = min(lo, p.Y), max(hi, p.Y)
	}
	if lo != -9 || hi != 9 || len(points) > maxPoints+2 {
		t.Errorf("%d points from %v to %v", len(points), lo, hi)
	}
}

func BenchmarkSVG(b *testing.B) {
	c := samples()["long"]
	for b.Loop() {
		if _, err := c.SVG(true); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWords(t *testing.T) {
	svg, err := samples()["line"].SVG(true)
	if want := `aria-label="a chart titled Waves &amp; &lt;more&gt;: a line of sine, a line of cosine"`; err != nil || !strings.Contains(svg, want) {
		t.Errorf("no %s in %.300s", want, svg)
	}
}
