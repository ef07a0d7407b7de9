//gosched:get gonum.org/v1/plot@v0.17.0
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

func main() {
	p := plot.New()
	p.Title.Text = "Functions"
	p.X.Label.Text, p.Y.Label.Text = "x", "y"
	f := plotter.NewFunction(math.Sin)
	f.Color = color.RGBA{B: 255, A: 255}
	pts := plotter.XYs{{X: 0, Y: 0}, {X: 2, Y: 0.5}, {X: 5, Y: -0.5}}
	s, err := plotter.NewScatter(pts)
	fmt.Println(err)
	p.Add(f, s, plotter.NewGrid())
	p.Legend.Add("sin", f)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 6, -1, 1
	for _, format := range []string{"svg", "png"} {
		w, err := p.WriterTo(8*vg.Centimeter, 6*vg.Centimeter, format)
		if err != nil {
			fmt.Println(err)
			continue
		}
		var b bytes.Buffer
		n, err := w.WriteTo(&b)
		fmt.Printf("%s %d %v %x\n", format, n, err, sha256.Sum256(b.Bytes()))
	}
}
