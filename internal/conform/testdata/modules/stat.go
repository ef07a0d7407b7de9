//gosched:get gonum.org/v1/gonum@v0.17.0
package main

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

func main() {
	n := distuv.Normal{Mu: 1, Sigma: 2, Src: rand.NewPCG(1, 2)}
	fmt.Printf("%.6f %.6f %.6f\n", n.Prob(0), n.CDF(2), n.Quantile(0.975))
	x := make([]float64, 200)
	for i := range x {
		x[i] = n.Rand()
	}
	fmt.Printf("%.8f %.8f\n", stat.Mean(x, nil), floats.Max(x))
	g := simple.NewWeightedDirectedGraph(0, 1e9)
	for _, e := range [][3]float64{{0, 1, 4}, {0, 2, 1}, {2, 1, 2}, {1, 3, 5}} {
		g.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(int64(e[0])), T: simple.Node(int64(e[1])), W: e[2]})
	}
	p, w := path.DijkstraFrom(simple.Node(0), g).To(3)
	fmt.Println(p, w)
	r, err := optimize.Minimize(optimize.Problem{Func: func(x []float64) float64 { return (x[0]-3)*(x[0]-3) + x[1]*x[1] }}, []float64{0, 1}, nil, &optimize.NelderMead{})
	fmt.Printf("%.2f %v\n", r.X[0], err)
}
