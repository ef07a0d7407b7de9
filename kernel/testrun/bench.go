package testrun

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// A Benchmark is what several rounds of one benchmark measured.
type Benchmark struct {
	Name    string // without Benchmark and the number of processors
	Rounds  int
	Metrics []Metric
}

// A Metric is one thing that a benchmark measures, such as "sec/op".
type Metric struct {
	Unit    string
	Summary benchmath.Summary
	sample  *benchmath.Sample
}

// confidence is that of the intervals around medians.
const confidence = 0.95

// Benchmarks reads the lines that package testing prints for benchmarks.
func Benchmarks(text string) ([]Benchmark, error) {
	type key struct{ name, unit string }
	var names []string
	units := map[string][]string{}
	values := map[key][]float64{}
	r := benchfmt.NewReader(strings.NewReader(text), "benchmarks")
	for r.Scan() {
		res, ok := r.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		base, _ := res.Name.Parts()
		name := strings.TrimPrefix(string(res.Name.Full()), "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i > 0 && len(base) > 0 {
			name = name[:i]
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		for _, v := range res.Values {
			k := key{name, v.Unit}
			if values[k] == nil {
				units[name] = append(units[name], v.Unit)
			}
			values[k] = append(values[k], v.Value)
		}
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("reading the results: %w", err)
	}
	var list []Benchmark
	for _, name := range names {
		b := Benchmark{Name: name}
		for _, unit := range units[name] {
			v := values[key{name, unit}]
			sample := benchmath.NewSample(v, &benchmath.DefaultThresholds)
			b.Rounds = max(b.Rounds, len(v))
			b.Metrics = append(b.Metrics, Metric{unit, benchmath.AssumeNothing.Summary(sample, confidence), sample})
		}
		list = append(list, b)
	}
	return list, nil
}

// metric returns a benchmark's metric of a unit.
func (b *Benchmark) metric(unit string) (Metric, bool) {
	for _, m := range b.Metrics {
		if m.Unit == unit {
			return m, true
		}
	}
	return Metric{}, false
}

// String is the median with its unit and the spread around it.
func (m Metric) String() string {
	s := benchunit.Scale(m.Summary.Center, benchunit.ClassOf(m.Unit))
	switch m.Unit {
	case "sec/op":
		s += "s"
	case "B/op":
		s += "B"
	case "allocs/op":
		s += " allocs"
	default:
		s += " " + m.Unit
	}
	if spread := m.spread(); spread != "" {
		s += " ± " + spread
	}
	return s
}

// spread is how far the interval around the median reaches, in percent.
func (m Metric) spread() string {
	s := m.Summary
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) {
		return "∞"
	}
	if s.Center == 0 {
		return ""
	}
	p := 100 * max(s.Hi-s.Center, s.Center-s.Lo) / math.Abs(s.Center)
	return fmt.Sprintf("%.0f%%", p)
}

// WriteTable writes benchmarks as a table, and, where there are two, whether they
// differ.
func WriteTable(w io.Writer, list []Benchmark) error {
	width := 0
	for _, b := range list {
		width = max(width, len(b.Name))
	}
	var out strings.Builder
	for _, b := range list {
		fmt.Fprintf(&out, "%-*s", width, b.Name)
		for _, m := range b.Metrics {
			fmt.Fprintf(&out, "  %16s", m)
		}
		out.WriteByte('\n')
	}
	if len(list) == 2 {
		out.WriteString(compare(&list[0], &list[1]))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// compare says in a line whether the times of two benchmarks differ.
func compare(a, b *Benchmark) string {
	const unit = "sec/op"
	x, okX := a.metric(unit)
	y, okY := b.metric(unit)
	if !okX || !okY {
		return ""
	}
	c := benchmath.AssumeNothing.Compare(x.sample, y.sample)
	if c.P > c.Alpha {
		return fmt.Sprintf("%s and %s do not differ measurably (p=%.3f, n=%d+%d)\n", a.Name, b.Name, c.P, c.N1, c.N2)
	}
	fast, slow, ratio := a.Name, b.Name, y.Summary.Center/x.Summary.Center
	if ratio < 1 {
		fast, slow, ratio = b.Name, a.Name, 1/ratio
	}
	return fmt.Sprintf("%s takes %.2f times as long as %s (p=%.3f, n=%d+%d)\n", slow, ratio, fast, c.P, c.N1, c.N2)
}
