package display

// This file is the package that cells import: the exported methods of api are
// its functions, the other exported types its types. It is also embedded as
// source (declare.go), so it may import nothing that cells cannot.

import (
	"image"
	"sync"
	"time"
)

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

// Math shows a formula, written without dollar signs.
func (d *api) Math(s string) { d.show(mathContent(s)) }

// Mermaid shows a diagram in Mermaid's language, such as
// "graph LR; producer --> channel --> consumer".
func (d *api) Mermaid(s string) { d.show(mermaidContent(s)) }

// SVG shows a vector picture. What is wrong with one that a page would not draw
// is said below the cell.
func (d *api) SVG(s string) { d.show(svgContent(s)) }

// PNG shows a picture that is a PNG file.
func (d *api) PNG(data []byte) { d.show(pictureContent("png", data)) }

// JPEG shows a picture that is a JPEG file.
func (d *api) JPEG(data []byte) { d.show(pictureContent("jpeg", data)) }

// GIF shows a picture that is a GIF file, moving if it moves.
func (d *api) GIF(data []byte) { d.show(pictureContent("gif", data)) }

// Image shows a picture.
func (d *api) Image(img image.Image) { d.show(imageContent(img)) }

// PDF shows a document that is a PDF file.
func (d *api) PDF(data []byte) { d.show(pdfContent(data)) }

// MIME shows one value in several forms, by their MIME types, such as
// {"text/html": "<b>x</b>", "text/plain": "x"}. Front ends choose the richest one that
// they know. Pictures and the like are bytes. metadata may be nil.
func (d *api) MIME(data, metadata map[string]any) { d.show(mimeContent("MIME", data, metadata)) }

// Any shows a value as being of a MIME type; with an empty one, as Show does.
func (d *api) Any(mimeType string, v any) {
	if mimeType == "" {
		d.Show(v)
		return
	}
	d.show(mimeContent("Any", map[string]any{mimeType: v}, nil))
}

// File shows what is in a file, which is of a MIME type; with an empty one, of the
// type that the file looks like.
func (d *api) File(mimeType, path string) { d.show(fileContent(mimeType, path)) }

// JSON shows v, encoded by encoding/json, as a tree that can be unfolded.
func (d *api) JSON(v any) { d.show(jsonContent(v)) }

// JavaScript runs a script in the page, where the notebook is trusted. In it,
// element is the place where the output goes.
func (d *api) JavaScript(s string) { d.show(scriptContent(s)) }

// Audio shows a player for a sound file, such as WAV, MP3, Ogg or FLAC.
func (d *api) Audio(data []byte) { d.show(mediaContent("audio", data)) }

// Sound shows a player for samples between -1 and 1, so many of them a second.
func (d *api) Sound(samples []float64, rate int) { d.show(soundContent(samples, rate)) }

// Video shows a player for a film, such as MP4 or WebM.
func (d *api) Video(data []byte) { d.show(mediaContent("video", data)) }

// Table shows rows as a table. Rows may be a slice of structs or of maps, a
// slice of slices, a slice of plain values, or a map. Columns are named by the
// fields or keys. After 200 rows the others are in folded pages, as far as that
// does not get too large for a notebook.
func (d *api) Table(rows any) { d.show(tableContent(rows)) }

// Clear empties the output of the running cell. With wait it does so when the
// next output comes, so that a picture that is replaced does not flicker.
func (d *api) Clear(wait bool) { d.out.clear(wait) }

func (d *api) show(c content) { d.out.put(c, "", false) }

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

// Latex replaces what is shown with a formula.
func (h *Handle) Latex(s string) { h.show(latexContent(s)) }

// Math replaces what is shown with a formula, written without dollar signs.
func (h *Handle) Math(s string) { h.show(mathContent(s)) }

// PDF replaces what is shown with a PDF file.
func (h *Handle) PDF(data []byte) { h.show(pdfContent(data)) }

// MIME replaces what is shown with one value in several forms, by their MIME types.
func (h *Handle) MIME(data, metadata map[string]any) { h.show(mimeContent("MIME", data, metadata)) }

// Any replaces what is shown with a value of a MIME type.
func (h *Handle) Any(mimeType string, v any) {
	if mimeType == "" {
		h.Update(v)
		return
	}
	h.show(mimeContent("Any", map[string]any{mimeType: v}, nil))
}

// File replaces what is shown with what is in a file.
func (h *Handle) File(mimeType, path string) { h.show(fileContent(mimeType, path)) }

// SVG replaces what is shown with a vector picture.
func (h *Handle) SVG(s string) { h.show(svgContent(s)) }

// PNG replaces what is shown with a picture that is a PNG file.
func (h *Handle) PNG(data []byte) { h.show(pictureContent("png", data)) }

// JPEG replaces what is shown with a picture that is a JPEG file.
func (h *Handle) JPEG(data []byte) { h.show(pictureContent("jpeg", data)) }

// GIF replaces what is shown with a picture that is a GIF file.
func (h *Handle) GIF(data []byte) { h.show(pictureContent("gif", data)) }

// Image replaces what is shown with a picture.
func (h *Handle) Image(img image.Image) { h.show(imageContent(img)) }

// JSON replaces what is shown with v, encoded by encoding/json, as a tree.
func (h *Handle) JSON(v any) { h.show(jsonContent(v)) }

// JavaScript replaces what is shown with what a script shows.
func (h *Handle) JavaScript(s string) { h.show(scriptContent(s)) }

// Audio replaces what is shown with a player for a sound file.
func (h *Handle) Audio(data []byte) { h.show(mediaContent("audio", data)) }

// Sound replaces what is shown with a player for samples between -1 and 1.
func (h *Handle) Sound(samples []float64, rate int) { h.show(soundContent(samples, rate)) }

// Video replaces what is shown with a player for a film.
func (h *Handle) Video(data []byte) { h.show(mediaContent("video", data)) }

// Table replaces what is shown with a table.
func (h *Handle) Table(rows any) { h.show(tableContent(rows)) }

func (h *Handle) show(c content) { h.out.put(c, h.id, true) }

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
