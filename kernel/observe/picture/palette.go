package picture

import "strings"

// A theme is the colours of a picture on one kind of background.
type theme struct {
	back, stripe string // backgrounds
	ink, muted   string // text
	states       [numStates]string
	message      string
	lock         string // held locks and their handing over
	signal       string // wakes that carry no value
	alarm        string // panics and leaks
	line         string // hairlines, which nothing depends on
}

var light = theme{
	back: "#ffffff", stripe: "#f5f7f9", ink: "#1c2024", muted: "#57606a",
	states:  [numStates]string{"#1861b8", "#4d5b69", "#a84300", "#7a3fb5", "#0b6b62"},
	message: "#1c2024", lock: "#a01f6b", signal: "#57606a", alarm: "#c01722", line: "#d3d9df",
}

var dark = theme{
	back: "#111111", stripe: "#1a1a1a", ink: "#e8ecf0", muted: "#a3adb8",
	states:  [numStates]string{"#6cb2ff", "#b3bfcb", "#ffab5e", "#cda6f7", "#4fd1c1"},
	message: "#e8ecf0", lock: "#f78ac5", signal: "#a3adb8", alarm: "#ff8b85", line: "#3a424b",
}

// css is the theme as a style sheet for everything below an element that
// prefix selects.
func (t *theme) css(prefix string) string {
	var b strings.Builder
	rule := ruler(&b, prefix)
	rule(".bg", "fill:"+t.back)
	rule(".st", "fill:"+t.stripe)
	rule(".ln", "stroke:"+t.line)
	rule("text", "fill:"+t.ink+";stroke:"+t.back)
	rule("text.mu", "fill:"+t.muted)
	for i, c := range t.states {
		s := stateClasses[i]
		switch state(i) {
		case running:
			rule("."+s, "fill:"+c)
		case ready:
			rule("."+s, "fill:"+t.back+";stroke:"+c)
		default:
			rule("."+s, "stroke:"+c)
		}
		rule("text."+s+"t", "fill:"+c)
		rule(".cl."+s, "stroke:"+c)
	}
	rule(".msg", "stroke:"+t.message)
	rule(".msg .hd,.gl", "fill:"+t.message+";stroke:"+t.message)
	rule(".ho", "fill:"+t.back+";stroke:"+t.message)
	rule(".sig,.goes", "stroke:"+t.signal)
	rule(".sig .hd", "fill:"+t.signal+";stroke:"+t.signal)
	rule(".lok", "stroke:"+t.lock)
	rule(".lok .hd,.held", "fill:"+t.lock+";stroke:"+t.lock)
	rule("text.lokt", "fill:"+t.lock)
	rule(".bad", "fill:"+t.alarm+";stroke:"+t.alarm)
	rule("text.badt", "fill:"+t.alarm)
	rule(".halo", "stroke:"+t.back)
	rule(".sel .fo", "stroke:"+t.ink)
	return b.String()
}

// ruler returns what writes rules whose selectors, separated by commas, all
// begin with a prefix.
func ruler(b *strings.Builder, prefix string) func(selectors, body string) {
	return func(selectors, body string) {
		for i, s := range strings.Split(selectors, ",") {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(prefix + s)
		}
		b.WriteString("{" + body + "}")
	}
}

// stateClasses name the states in the style sheet.
var stateClasses = [numStates]string{"run", "rdy", "wai", "asl", "awy"}

// patterns are the dashes by which the lines of states are told apart without
// colour. Running is a filled bar and ready a hollow one.
var patterns = [numStates]string{waiting: "7 4", asleep: "2 4", away: "10 3 2 3"}

// textures are the patterns of clouds, in which strokes stand side by side.
var textures = [numStates]string{running: "none", ready: "1 1.5", waiting: "3 1.5", asleep: "1 3", away: "5 1 1 1"}

// shapes is the part of the style sheet that does not depend on the theme.
func shapes(prefix string) string {
	var b strings.Builder
	rule := ruler(&b, prefix)
	rule("text", "font:11px "+monoFonts+";paint-order:stroke;stroke-width:3px;stroke-linejoin:round")
	rule("text.nm", "font:600 12px "+sansFonts+";stroke:none")
	rule("text.sb", "font:10.5px "+sansFonts+";stroke:none")
	rule("text.hd1", "font:600 13px "+sansFonts+";stroke:none")
	rule("text.badt", "font-weight:700")
	rule(".ln", "fill:none")
	for s := waiting; s < numStates; s++ {
		rule("."+stateClasses[s], "fill:none;stroke-width:3;stroke-dasharray:"+patterns[s])
	}
	rule(".rdy", "stroke-width:1.5")
	rule(".cl", "fill:none")
	for s := running; s < numStates; s++ {
		rule(".cl."+stateClasses[s], "fill:none;stroke-dasharray:"+textures[s])
	}
	rule(".msg,.sig,.lok,.gl,.ho,.goes", "stroke-width:1.5")
	rule(".goes", "fill:none")
	rule(".sig", "stroke-dasharray:4 3;fill:none")
	rule(".lok", "stroke-dasharray:1.5 2.5;fill:none")
	rule(".hd", "stroke-dasharray:none;stroke-width:1")
	rule(".op .hd", "fill:none!important;stroke-width:1.5")
	rule(".halo", "stroke-width:5;fill:none")
	rule(".held", "stroke:none")
	rule(".fo", "fill:none;stroke:none;stroke-width:2")
	rule(".hide", "display:none")
	return b.String()
}

const (
	monoFonts = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
	sansFonts = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
)
