package display

// This file is charts as cells see them; see api.go.

// Line shows a line through points: ys over xs, which are slices of numbers,
// durations (in seconds) or, for xs, times. With nil for xs they are counted.
func (d *api) Line(xs, ys any) { d.show(oneChart("Line", xs, ys)) }

// Scatter shows points: ys over xs, as Line does.
func (d *api) Scatter(xs, ys any) { d.show(oneChart("Scatter", xs, ys)) }

// Bars shows a bar for each value, with a label below it. Labels may be nil.
func (d *api) Bars(labels []string, values any) { d.show(oneBar(labels, values)) }

// Histogram shows how often values of each size come in a slice of numbers.
func (d *api) Histogram(values any) { d.show(oneChart("Histogram", nil, values)) }

// Box shows where the middle half of values lies, how far the others reach, and
// those that are far off. Several are compared with a map from names to slices.
func (d *api) Box(values any) { d.show(boxes(values)) }

// HeatMap shows a table of numbers, [][]float64 or the like, as colours. Its
// first row is at the top.
func (d *api) HeatMap(grid any) { d.show(oneChart("HeatMap", nil, grid)) }

// Line replaces what is shown with a line through points.
func (h *Handle) Line(xs, ys any) { h.show(oneChart("Line", xs, ys)) }

// Scatter replaces what is shown with points.
func (h *Handle) Scatter(xs, ys any) { h.show(oneChart("Scatter", xs, ys)) }

// Bars replaces what is shown with a bar for each value.
func (h *Handle) Bars(labels []string, values any) { h.show(oneBar(labels, values)) }

// Histogram replaces what is shown with how often values of each size come.
func (h *Handle) Histogram(values any) { h.show(oneChart("Histogram", nil, values)) }

// Box replaces what is shown with a box for values.
func (h *Handle) Box(values any) { h.show(boxes(values)) }

// HeatMap replaces what is shown with a table of numbers as colours.
func (h *Handle) HeatMap(grid any) { h.show(oneChart("HeatMap", nil, grid)) }

// A Chart is several series in one picture, which may grow while it is shown.
// Goroutines can use it together. Its methods return it, so that a chart is
// made in one expression, and shown if that is the value of the cell.
type Chart struct{ c *canvas }

// NewChart makes an empty chart; the title may be empty.
func (d *api) NewChart(title string) *Chart { return newChart(d.out, title) }

// Line adds a line through ys over xs, or replaces that of the same name. With
// nil for xs the ys are counted.
func (c *Chart) Line(name string, xs, ys any) *Chart { return c.series("Line", name, xs, ys) }

// Scatter adds points, or replaces those of the same name.
func (c *Chart) Scatter(name string, xs, ys any) *Chart { return c.series("Scatter", name, xs, ys) }

// Bars adds a bar for each label, beside those of other names.
func (c *Chart) Bars(name string, labels []string, values any) *Chart {
	return c.bars(name, labels, values)
}

// Histogram adds how often values of each size come.
func (c *Chart) Histogram(name string, values any) *Chart {
	return c.series("Histogram", name, nil, values)
}

// Box adds a box for values, with the name below it.
func (c *Chart) Box(name string, values any) *Chart { return c.series("Box", name, nil, values) }

// HeatMap makes the chart show a table of numbers as colours.
func (c *Chart) HeatMap(grid any) *Chart { return c.series("HeatMap", "", nil, grid) }

// Axes names what is to the right and upwards.
func (c *Chart) Axes(x, y string) *Chart { return c.axes(x, y) }

// Log makes axes logarithmic. What is not above zero is left out then.
func (c *Chart) Log(x, y bool) *Chart { return c.log(x, y) }

// Size sets how large the chart is, in points; usual are 460 by 270.
func (c *Chart) Size(width, height float64) *Chart { return c.size(width, height) }

// Window keeps only the last n points of each series.
func (c *Chart) Window(n int) *Chart { return c.window(n) }

// Add adds a point to the line of a name, which is made if there is none. A
// chart that is shown is drawn again in its place, ten times a second at most.
func (c *Chart) Add(name string, x, y float64) { c.add(name, x, y) }

// Follow adds each number that comes out of a channel to the line of a name, in
// a goroutine of its own, until the channel is closed.
func (c *Chart) Follow(name string, ys <-chan float64) *Chart { return c.follow(name, ys) }

// Show shows the chart below the running cell. From then on it is drawn again
// when it changes.
func (c *Chart) Show() { c.show() }

// MimeBundle is how the chart shows itself as the value of a cell.
func (c *Chart) MimeBundle() map[string]any { return c.bundle() }
