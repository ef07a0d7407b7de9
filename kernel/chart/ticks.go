package chart

import (
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
)

// timeTicks marks moments at round distances.
type timeTicks struct{}

var steps = []struct {
	seconds float64
	format  string
}{
	{1, "15:04:05"}, {5, "15:04:05"}, {15, "15:04:05"}, {60, "15:04"}, {300, "15:04"}, {900, "15:04"}, {3600, "15:04"},
	{3 * 3600, "2 Jan 15:04"}, {12 * 3600, "2 Jan 15:04"}, {86400, "2 Jan"}, {7 * 86400, "2 Jan"}, {30 * 86400, "Jan 2006"},
	{91 * 86400, "Jan 2006"}, {365 * 86400, "2006"}, {3650 * 86400, "2006"}, {36500 * 86400, "2006"},
}

// Ticks implements plot.Ticker.
func (timeTicks) Ticks(lo, hi float64) []plot.Tick {
	const most = 6
	if hi-lo < 2 { // too short for the clock
		ticks := plot.DefaultTicks{}.Ticks(0, hi-lo)
		for i := range ticks {
			ticks[i].Value += lo
			if ticks[i].Label != "" {
				ticks[i].Label = "+" + ticks[i].Label + " s"
			}
		}
		return ticks
	}
	step := steps[len(steps)-1]
	for _, s := range steps {
		if (hi-lo)/s.seconds <= most {
			step = s
			break
		}
	}
	start := time.Unix(int64(lo), 0)
	first := start.Truncate(time.Duration(step.seconds) * time.Second)
	var ticks []plot.Tick
	for t := float64(first.Unix()); t <= hi && len(ticks) < 2*most; t += step.seconds {
		if t >= lo {
			ticks = append(ticks, plot.Tick{Value: t, Label: time.Unix(int64(t), 0).Format(step.format)})
		}
	}
	return ticks
}

// roundTicks marks round numbers, some five of them.
type roundTicks struct{}

// Ticks implements plot.Ticker.
func (roundTicks) Ticks(lo, hi float64) []plot.Tick {
	const about = 5
	span := hi - lo
	if !(span > 0) || math.IsInf(span, 0) {
		return plot.DefaultTicks{}.Ticks(lo, hi)
	}
	unit := math.Pow(10, math.Floor(math.Log10(span/about)))
	step := 10 * unit
	for _, k := range []float64{1, 2, 5} {
		if span/(k*unit) <= about+1 {
			step = k * unit
			break
		}
	}
	// As many digits behind the point as the step has; very large and very small
	// numbers are written with their power of ten.
	format, digits := byte('f'), max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	if top := max(math.Abs(lo), math.Abs(hi)); top >= 1e6 || step < 1e-4 {
		format, digits = 'g', -1
	}
	var ticks []plot.Tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+step*1e-9 && len(ticks) < 4*about; i++ {
		v := i * step
		if math.Abs(v) < step*1e-9 {
			v = 0
		}
		label := v
		if format == 'g' { // without the dust that multiplying leaves
			label, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(label, format, digits, 64)})
	}
	return ticks
}
