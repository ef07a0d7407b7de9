package widgets

import "maps"

// Modules of the front end, and the versions whose models are used here.
const (
	controls        = "@jupyter-widgets/controls"
	controlsVersion = "2.0.0"
	base            = "@jupyter-widgets/base"
	baseVersion     = "2.0.0"
	output          = "@jupyter-widgets/output"
	outputVersion   = "1.0.0"
)

// names are the attributes that say which model and view of a module it is.
func names(module, version, model, view string) state {
	s := state{
		"_model_module": module, "_model_module_version": version, "_model_name": model,
		"_view_module": module, "_view_module_version": version, "_view_name": any(view),
	}
	if view == "" {
		s["_view_name"] = nil
	}
	return s
}

func layout() state { return names(base, baseVersion, "LayoutModel", "LayoutView") }

// style is the look of a kind of widget, such as "Slider".
func style(kind string) state {
	s := names(controls, controlsVersion, kind+"StyleModel", "StyleView")
	s["_view_module"], s["_view_module_version"] = base, baseVersion
	return s
}

// control is a widget of the module controls, such as "IntSlider", with the style
// of a kind and what is special about it.
func control(name, view string, special state) state {
	s := names(controls, controlsVersion, name+"Model", view)
	maps.Copy(s, special)
	return s
}

func reference(m *model) string { return "IPY_MODEL_" + m.id }

// assemble makes a widget with a layout and, if it has one, a style.
func (h *Hub) assemble(m *model, styleKind string) *model {
	look := &model{state: layout()}
	h.add(look)
	parts := []*model{look}
	m.state["layout"] = reference(look)
	if styleKind != "" {
		s := &model{state: style(styleKind)}
		h.add(s)
		parts = append(parts, s)
		m.state["style"] = reference(s)
	}
	h.add(m, parts...)
	return m
}
