package picture

import "github.com/gosched/gosched/kernel/observe"

// A sign is the shape of an event on its lane, around the origin.
type sign struct {
	svg  string
	name string // in the legend
}

var signs = map[observe.EventKind]sign{
	observe.Go:            {`<circle class="ho" r="3"/>`, "go statement"},
	observe.Send:          {`<circle class="gl" r="2.5"/>`, ""},
	observe.ReceiveClosed: {"", ""},
	observe.Close:         {`<rect class="ho" x="-5" y="-7" width="10" height="14"/><path class="gl" d="M-2 -7V7M2 -7V7"/>`, "close"},
	observe.Choose:        {`<path class="ho" d="M0 -8L8 0L0 8L-8 0Z"/>`, "select’s choice"},
	observe.Add:           {`<path class="ho" d="M-4 0H4M0 -4V4"/>`, "Add"},
	observe.Done:          {`<path class="ho" d="M-4 -1L-1 3L5 -4"/>`, "Done"},
	observe.Signal:        {`<path class="ho" d="M-4 4V-4L4 0Z"/>`, "condition"},
	observe.OnceDo:        {`<circle class="ho" r="5"/><path class="gl" d="M0 -3V3"/>`, "once"},
	observe.Cancel:        {`<circle class="ho" r="7"/><path class="gl" d="M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5"/>`, "cancel"},
	observe.Fire:          {`<circle class="ho" r="7"/><path class="gl" style="fill:none" d="M0 -4V0H3.5"/>`, "timer fires"},
	observe.Load:          {`<path class="ho" d="M-3 -3H3L0 4Z"/>`, "reads a variable"},
	observe.Store:         {`<path class="gl" d="M-3 3H3L0 -4Z"/>`, "writes a variable"},
	observe.Panic:         {`<path class="bad" d="M0 -9L2.5 -3L9 -4L4 0L9 4L2.5 3L0 9L-2.5 3L-9 4L-4 0L-9 -4L-2.5 -3Z"/>`, "panic"},
	observe.Print:         {`<path class="ho" d="M-5 -6H5V3H0L-3 7V3H-5Z"/>`, "prints"},
	observe.End:           {"", ""},
}

// mark draws the sign of an event with its label.
func (f *figure) mark(p *pen, k *mark) {
	e := &f.m.events[k.event]
	p.f(`<g class="e m"%v data-t="%v" transform="translate(%v %v)"><title>%v</title><circle class="fo" r="11"/>%v`,
		raw(f.data(k.row, k.event)), e.Time, k.x, f.y(k.row), f.m.sentence(k.event), raw(signs[e.Kind].svg))
	if l := k.label; l.text != "" {
		l.x -= k.x
		l.y -= f.y(k.row)
		p.f(`%v`, raw(l.svg("")))
	}
	p.f(`</g>`)
}
