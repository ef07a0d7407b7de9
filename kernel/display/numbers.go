package display

import (
	"fmt"
	"reflect"
	"time"
)

// numbers are what a chart is made of.
type numbers struct {
	values  []float64
	seconds bool // they were durations
	times   bool // they were times, and are seconds since 1970
}

// numbersOf takes a slice or array of numbers, durations or times.
func numbersOf(v any) (n numbers, err error) {
	rv := opened(reflect.ValueOf(v))
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
		return n, fmt.Errorf("%s is no slice of numbers", describe(rv))
	}
	n.values = make([]float64, rv.Len())
	for i := range n.values {
		e := opened(rv.Index(i))
		switch {
		case !e.IsValid():
			return n, fmt.Errorf("element %d is nil, which is no number", i)
		case e.Type() == reflect.TypeFor[time.Duration]():
			n.values[i], n.seconds = time.Duration(e.Int()).Seconds(), true
		case e.CanInt():
			n.values[i] = float64(e.Int())
		case e.CanUint():
			n.values[i] = float64(e.Uint())
		case e.CanFloat():
			n.values[i] = e.Float()
		case e.Type() == reflect.TypeFor[time.Time]() && e.CanInterface():
			t := e.Interface().(time.Time)
			n.values[i], n.times = float64(t.Unix())+float64(t.Nanosecond())/1e9, true
		default:
			return n, fmt.Errorf("element %d of %s is no number", i, describe(rv))
		}
	}
	return n, nil
}

// gridOf takes a slice of slices of numbers.
func gridOf(v any) ([][]float64, error) {
	rv := opened(reflect.ValueOf(v))
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
		return nil, fmt.Errorf("%s is no table of numbers, such as [][]float64", describe(rv))
	}
	grid := make([][]float64, rv.Len())
	for i := range grid {
		e := opened(rv.Index(i))
		if !e.IsValid() {
			continue
		}
		row, err := numbersOf(e.Interface())
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		grid[i] = row.values
	}
	return grid, nil
}

// opened looks through interfaces and what an engine has put values into.
func opened(v reflect.Value) reflect.Value {
	for range maxDepth {
		switch {
		case v.Kind() == reflect.Interface && !v.IsNil():
			v = v.Elem()
			continue
		case v.IsValid() && v.CanInterface():
			if f, ok := asForeign(v.Interface()); ok {
				if inner, _, ok := f.Show(); ok {
					v = reflect.ValueOf(inner)
					continue
				}
			}
		}
		break
	}
	return v
}
