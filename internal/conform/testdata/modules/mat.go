//gosched:get gonum.org/v1/gonum@v0.17.0
package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func main() {
	a := mat.NewDense(3, 3, []float64{2, -1, 0, -1, 2, -1, 0, -1, 2})
	var inv mat.Dense
	fmt.Println(inv.Inverse(a))
	fmt.Printf("%.4f\n", mat.Formatted(&inv))
	var p mat.Dense
	p.Mul(a, &inv)
	fmt.Println(mat.EqualApprox(&p, mat.NewDiagDense(3, []float64{1, 1, 1}), 1e-12), math.Abs(mat.Det(a)-4) < 1e-9)
	var eig mat.EigenSym
	fmt.Println(eig.Factorize(mat.NewSymDense(2, []float64{2, 1, 1, 2}), true))
	fmt.Printf("%.3f\n", eig.Values(nil))
	var svd mat.SVD
	fmt.Println(svd.Factorize(a, mat.SVDThin))
	fmt.Printf("%.4f\n", svd.Values(nil))
	x := []float64{1, 2, 3, 4, 5}
	y := []float64{2.1, 3.9, 6.2, 7.8, 10.1}
	m, s := stat.MeanStdDev(x, nil)
	alpha, beta := stat.LinearRegression(x, y, nil, false)
	fmt.Printf("%.4f %.4f %.4f %.4f %.4f\n", m, s, alpha, beta, stat.Correlation(x, y, nil))
	var qr mat.QR
	qr.Factorize(a)
	var sol mat.VecDense
	fmt.Println(qr.SolveVecTo(&sol, false, mat.NewVecDense(3, []float64{1, 2, 3})))
	fmt.Printf("%.4f\n", sol.RawVector().Data)
}
