package display

// This file is the package that cells import: the exported methods of api are
// its functions, the other exported types its types. It is also embedded as
// source (declare.go), so it may import nothing that cells cannot.

import (
	"image"
	"sync"
	"time"
)

// sink is where the functions of one session send what they show.
type sink interface {
	show(data map[string]any, metadata map[string]any, id string, update bool)
	clear(wait bool)
	complain(text string)
	newID() string
}

// api is the package for one session.
type api struct{ out sink }

// Show shows values one below the other, each in its richest form.
func (d *api) Show(values ...any) {
	for _, v := range values {
		b := Of(v)
		d.out.show(b.Data, b.Metadata, "", false)
	}
}

// Text shows plain text.
func (d *api) Text(s string) { d.show(textContent(s)) }

// HTML shows a piece of HTML.
func (d *api) HTML(s string) { d.show(htmlContent(s)) }

// Markdown shows Markdown, formulas between dollar signs included.
func (d *api) Markdown(s string) { d.show(markdownContent(s)) }

// Latex shows a formula or a piece of LaTeX, written with its $ or \[ \].
func (d *api) Latex(s string) { d.show(latexContent(s)) }

// Mermaid shows a diagram in Mermaid's language, such as
// "graph LR; producer --> channel --> consumer".
func (d *api) Mermaid(s string) { d.show(mermaidContent(s)) }

// SVG shows a vector picture.
func (d *api) SVG(s string) { d.show(svgContent(s)) }

// PNG shows a picture that is a PNG file.
func (d *api) PNG(data []byte) { d.show(pictureContent("png", data)) }

// JPEG shows a picture that is a JPEG file.
func (d *api) JPEG(data []byte) { d.show(pictureContent("jpeg", data)) }

// GIF shows a picture that is a GIF file, moving if it moves.
func (d *api) GIF(data []byte) { d.show(pictureContent("gif", data)) }

// Image shows a picture.
func (d *api) Image(img image.Image) { d.show(imageContent(img)) }

// JSON shows v, encoded by encoding/json, as a tree that can be unfolded.
func (d *api) JSON(v any) { d.show(jsonContent(v)) }

// Table shows rows as a table. Rows may be a slice of structs or of maps, a
// slice of slices, a slice of plain values, or a map. Columns are named by the
// fields or keys. At most 200 rows are shown.
func (d *api) Table(rows any) { d.show(tableContent(rows)) }

// Clear empties the output of the running cell. With wait it does so when the
// next output comes, so that a picture that is replaced does not flicker.
func (d *api) Clear(wait bool) { d.out.clear(wait) }

func (d *api) show(c content) {
	if c.err != "" {
		d.out.complain(c.err)
		return
	}
	d.out.show(c.data, c.metadata, "", false)
}

// A Handle is a place in the output of a cell whose content can be replaced,
// from any goroutine and from later cells.
type Handle struct {
	out sink
	id  string
}

// Live shows v and returns the handle to replace it with.
func (d *api) Live(v any) *Handle {
	h := &Handle{out: d.out, id: d.out.newID()}
	b := Of(v)
	d.out.show(b.Data, b.Metadata, h.id, false)
	return h
}

// Update replaces what is shown with v.
func (h *Handle) Update(v any) {
	b := Of(v)
	h.out.show(b.Data, b.Metadata, h.id, true)
}

// Text replaces what is shown with plain text.
func (h *Handle) Text(s string) { h.show(textContent(s)) }

// HTML replaces what is shown with a piece of HTML.
func (h *Handle) HTML(s string) { h.show(htmlContent(s)) }

// Markdown replaces what is shown with Markdown.
func (h *Handle) Markdown(s string) { h.show(markdownContent(s)) }

// Mermaid replaces what is shown with a diagram.
func (h *Handle) Mermaid(s string) { h.show(mermaidContent(s)) }

// SVG replaces what is shown with a vector picture.
func (h *Handle) SVG(s string) { h.show(svgContent(s)) }

// Image replaces what is shown with a picture.
func (h *Handle) Image(img image.Image) { h.show(imageContent(img)) }

// Table replaces what is shown with a table.
func (h *Handle) Table(rows any) { h.show(tableContent(rows)) }

func (h *Handle) show(c content) {
	if c.err != "" {
		h.out.complain(c.err)
		return
	}
	h.out.show(c.data, c.metadata, h.id, true)
}

// A Bar shows how much of some work is done. It can be used by several
// goroutines at once.
type Bar struct {
	out sink
	id  string

	mu      sync.Mutex
	label   string
	done    int
	total   int
	percent int
	drawn   time.Time
}

// Progress shows a bar for work that has total steps. The bar is redrawn in
// place when the percentage changes, and otherwise at most ten times a second.
func (d *api) Progress(label string, total int) *Bar {
	b := &Bar{out: d.out, id: d.out.newID(), label: label, total: total}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.draw(false)
	return b
}

// Add says that n more steps are done.
func (b *Bar) Add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += n
	b.redraw()
}

// Set says how many steps are done altogether.
func (b *Bar) Set(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = n
	b.redraw()
}

// Label changes the text beside the bar.
func (b *Bar) Label(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s != b.label {
		b.label = s
		b.draw(true)
	}
}

// Done fills the bar.
func (b *Bar) Done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = max(b.total, b.done)
	b.total = b.done
	b.draw(true)
}
