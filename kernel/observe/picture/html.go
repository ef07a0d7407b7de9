package picture

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/sched"
)

// live is the script that makes the static picture interactive.
//
//go:embed live.js
var live string

// HTML draws the record as a fragment of a page: the static picture as an image,
// which puts an interactive one in its own place once it is loaded: with zoom,
// pan, keys, and for each event its value and source. It needs nothing from
// elsewhere and defines no names for the rest of the page. Script and data are in
// attributes, which sanitizers leave out, so that the static picture is all that
// is left where scripts are not trusted. (Elements they leave out, or show as
// text.)
func HTML(r *observe.Record) string {
	f := newFigure(newModel(r))
	return f.html(f.svg())
}

func (f *figure) html(svg string) string {
	data, err := json.Marshal(f.liveData())
	if err != nil {
		data = []byte("{}") // numbers and strings can always be encoded
	}
	return fmt.Sprintf(`<div class="gosched-picture" data-gosched="%s">`+
		`<img style="max-width:100%%" alt="%s" src="data:image/svg+xml;base64,%s" onload="%s(this)"></div>`+"\n",
		attribute(string(data)), esc("What goroutines did. "+f.m.summary()),
		base64.StdEncoding.EncodeToString([]byte(svg)), attribute(squeeze(live)))
}

// attribute makes text safe between double quotes.
func attribute(s string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// squeeze leaves out what a script is indented and commented with.
func squeeze(script string) string {
	var b strings.Builder
	for line := range strings.Lines(script) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

// liveStyle is the style sheet of the interactive picture. What stands around
// the drawing takes the front end's colours and fonts, where it names them.
func liveStyle() string {
	const at = ".gosched-picture "
	return `.gosched-picture{position:relative;font:12px var(--jp-ui-font-family,var(--vscode-font-family,` + sansFonts + `))}` +
		at + `.gp-bar{position:absolute;right:4px;top:4px;display:flex;gap:3px;z-index:1}` +
		at + `button{font:inherit;line-height:18px;padding:0 7px;border-radius:3px;cursor:pointer;` +
		`border:1px solid #767f89;background:#fff;color:#1c2024}` +
		at + `button[aria-pressed=true]{background:#1c2024;color:#fff}` +
		`.gp-dark.gosched-picture button{background:#111;color:#e8ecf0}` +
		`.gp-dark.gosched-picture button[aria-pressed=true]{background:#e8ecf0;color:#111}` +
		at + `.gp-view{overflow:hidden;touch-action:pan-y;cursor:grab}` +
		at + `.gp-view:active{cursor:grabbing}` +
		at + `:focus-visible{outline:2px solid var(--jp-brand-color1,#1861b8);outline-offset:-1px}` +
		at + `.e,` + at + `.values>g{cursor:pointer}` +
		at + `.gp-view svg{display:block;user-select:none}` +
		at + `.gp-info{min-height:18px;padding:4px 14px;color:var(--jp-content-font-color1,var(--vscode-foreground,inherit))}` +
		at + `.gp-info pre{font:12px var(--jp-code-font-family,var(--vscode-editor-font-family,` + monoFonts + `));margin:4px 0;padding:4px 8px;` +
		`border-left:3px solid #767f89;white-space:pre-wrap;overflow-wrap:anywhere;color:inherit;background:none}` +
		shapes(at) + light.css(".gp-light.gosched-picture ") + dark.css(".gp-dark.gosched-picture ")
}

// liveData is what the script needs besides the drawing.
func (f *figure) liveData() map[string]any {
	clock := make([][2]any, 0, len(f.clock))
	for _, t := range f.clock {
		clock = append(clock, [2]any{json.Number(num(t.x)), t.time})
	}
	return map[string]any{
		"clock": clock, "end": f.m.end, "width": json.Number(num(f.plotW)), "left": json.Number(num(f.left)),
		"source": f.sources(), "style": liveStyle(),
	}
}

// sources are the lines that drawn events name, and their neighbours, for each
// cell or file.
func (f *figure) sources() map[string]map[string]string {
	const most = 60_000 // bytes
	all := map[string]map[string]string{}
	size := 0
	add := func(p sched.Place) {
		text := f.m.r.Source[observe.SourceKey{Cell: p.Cell, File: p.File}]
		if p.File != "" {
			text = f.m.r.Source[observe.SourceKey{File: p.File}]
		}
		key := strings.TrimSuffix(place(p), strconv.Itoa(p.Line))
		key = strings.TrimSuffix(strings.TrimSuffix(key, " line "), ":")
		for n := max(p.Line-1, 1); n <= p.Line+1 && n <= len(text); n++ {
			line := strconv.Itoa(n)
			if _, has := all[key][line]; has || size > most {
				continue
			}
			if all[key] == nil {
				all[key] = map[string]string{}
			}
			s := shorten(strings.ReplaceAll(text[n-1], "\t", "    "), 160)
			all[key][line] = s
			size += len(s) + 12
		}
	}
	event := func(i int32) {
		if i < 0 {
			return
		}
		e := &f.m.events[i]
		add(e.Place)
		if e.Peer >= 0 {
			add(f.m.events[e.Peer].Place)
		}
	}
	for _, i := range f.shown {
		event(i)
	}
	for i := range f.links {
		event(f.links[i].event)
	}
	return all
}
