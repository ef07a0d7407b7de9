package widgets

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// face is what all widgets have in common: a model to show, and a text where
// none can be shown.
type face struct {
	model *model
	text  func() string
}

func (f *face) modelOf() *model { return f.model }

func (f *face) show() {
	emit := f.model.hub.env.Emitter()
	if emit == nil {
		return
	}
	emit(session.Display{Bundle: session.Bundle{Data: f.bundle()}})
}

func (f *face) close() { f.model.close() }

func (f *face) bundle() map[string]any {
	return map[string]any{
		"text/plain": f.text(),
		"application/vnd.jupyter.widget-view+json": map[string]any{
			"version_major": 2, "version_minor": 0, "model_id": f.model.id,
		},
	}
}

func faceOf[T any](v *value[T], kind, label string) face {
	return face{model: v.m, text: func() string { return v.text(kind, label) }}
}

func labelled(label string, s state) state {
	s["description"], s["disabled"] = label, false
	return s
}

func newIntSlider(h *Hub, label string, min, max, x int) *IntSlider {
	min, max, x = ordered(min, max, x)
	v := newValue[int](h, "value", "Slider", control("IntSlider", "IntSliderView", labelled(label, state{"min": min, "max": max, "value": x})))
	return &IntSlider{faceOf(v, "slider", label), v}
}

func newFloatSlider(h *Hub, label string, min, max, x float64) *FloatSlider {
	min, max, x = ordered(min, max, x)
	v := newValue[float64](h, "value", "Slider", control("FloatSlider", "FloatSliderView",
		labelled(label, state{"min": min, "max": max, "value": x, "step": (max - min) / 100})))
	return &FloatSlider{faceOf(v, "slider", label), v}
}

// ordered makes a range of two ends with x in it.
func ordered[T int | float64](a, b, x T) (lo, hi, in T) {
	lo, hi = min(a, b), max(a, b)
	return lo, hi, min(max(x, lo), hi)
}

func newNumber(h *Hub, label string, x float64) *Number {
	v := newValue[float64](h, "value", "Text", control("FloatText", "FloatTextView", labelled(label, state{"value": x, "continuous_update": false})))
	return &Number{faceOf(v, "number", label), v}
}

func newText(h *Hub, label, x string) *Text {
	v := newValue[string](h, "value", "Text", control("Text", "TextView", labelled(label, state{"value": x, "continuous_update": false})))
	return &Text{faceOf(v, "text", label), v}
}

func newTextArea(h *Hub, label, x string) *TextArea {
	v := newValue[string](h, "value", "Text", control("Textarea", "TextareaView", labelled(label, state{"value": x, "continuous_update": false})))
	return &TextArea{faceOf(v, "text", label), v}
}

func newCheckbox(h *Hub, label string, x bool) *Checkbox {
	v := newValue[bool](h, "value", "Checkbox", control("Checkbox", "CheckboxView", labelled(label, state{"value": x})))
	return &Checkbox{faceOf(v, "checkbox", label), v}
}

// The front end knows an option by its place in the list.
func newDropdown(h *Hub, label string, options []string) *Dropdown {
	index := any(nil)
	if len(options) > 0 {
		index = 0
	}
	s := control("Dropdown", "DropdownView", labelled(label, state{"_options_labels": append([]string{}, options...), "index": index}))
	v := newTranslated(h, "index", "Description", s,
		func(raw any) (string, bool) {
			i := -1
			switch raw := raw.(type) {
			case int:
				i = raw
			case float64: // from a front end, where none was chosen before
				i = int(raw)
			}
			if i < 0 || i >= len(options) {
				return "", raw == nil
			}
			return options[i], true
		},
		func(x string) any {
			for i, o := range options {
				if o == x {
					return i
				}
			}
			return nil
		})
	return &Dropdown{faceOf(v, "list", label), v}
}

func newPlay(h *Hub, min, max int, interval time.Duration) *Play {
	min, max, x := ordered(min, max, min)
	v := newValue[int](h, "value", "Description", control("Play", "PlayView", labelled("", state{
		"min": min, "max": max, "value": x, "step": 1, "playing": false, "repeat": false,
		"interval": int(interval.Milliseconds()),
	})))
	return &Play{faceOf(v, "player", ""), v}
}

type button struct {
	m    *model
	feed feed[struct{}]
}

func newButton(h *Hub, label string) *Button {
	b := &button{}
	b.m = &model{
		state: control("Button", "ButtonView", labelled(label, state{"button_style": ""})),
		ended: b.feed.close,
		custom: func(content json.RawMessage) {
			if eventOf(content) == "click" {
				b.feed.send(struct{}{})
			}
		},
	}
	h.assemble(b.m, "Button")
	return &Button{face{b.m, func() string { return "button " + label }}, b}
}

func (b *button) clicks() <-chan struct{} {
	b.m.mu.Lock()
	defer b.m.mu.Unlock()
	ch := b.feed.subscribe(clicks)
	b.m.hub.env.External(ch)
	return ch
}

func newProgress(h *Hub, label string, total float64) *Progress {
	s := control("FloatProgress", "ProgressView", state{"description": label, "min": 0.0, "max": total, "value": 0.0, "bar_style": ""})
	m := h.assemble(&model{state: s}, "Progress")
	return &Progress{face{m, func() string {
		m.mu.Lock()
		defer m.mu.Unlock()
		return strings.TrimSpace(fmt.Sprintf("%s %v of %v", label, m.state["value"], total))
	}}, m}
}

func addTo(m *model, more float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	done, _ := m.state["value"].(float64)
	m.setLocked(state{"value": done + more})
}

func newLabel(h *Hub, text string) *Label {
	m := h.assemble(&model{state: control("Label", "LabelView", state{"description": "", "value": text})}, "Label")
	return &Label{face{m, func() string {
		m.mu.Lock()
		defer m.mu.Unlock()
		return fmt.Sprint(m.state["value"])
	}}, m}
}

func newBox(h *Hub, kind string, children []Widget) *Box {
	var inside []string
	var texts []func() string
	for _, w := range children {
		if w, ok := w.(interface{ modelOf() *model }); ok && w.modelOf() != nil {
			inside = append(inside, reference(w.modelOf()))
		}
		if w, ok := w.(interface{ textOf() string }); ok {
			texts = append(texts, w.textOf)
		}
	}
	s := names(controls, controlsVersion, kind+"Model", kind+"View")
	s["children"], s["box_style"] = append([]string{}, inside...), ""
	m := h.assemble(&model{state: s}, "")
	return &Box{face{m, func() string {
		var lines []string
		for _, t := range texts {
			lines = append(lines, t())
		}
		return strings.Join(lines, "\n")
	}}, m}
}

func (f *face) textOf() string { return f.text() }

func link(h *Hub, x, y Widget) {
	a, okA := x.(interface{ modelOf() *model })
	b, okB := y.(interface{ modelOf() *model })
	if !okA || !okB {
		return
	}
	s := names(controls, controlsVersion, "LinkModel", "")
	s["source"] = []string{reference(a.modelOf()), "value"}
	s["target"] = []string{reference(b.modelOf()), "value"}
	h.add(&model{state: s})
}
