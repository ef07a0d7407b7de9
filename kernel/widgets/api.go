package widgets

// This file is the package that cells import: the exported methods of api are
// its functions, the other exported types its types. It is also embedded as
// source (package.go), so it may import nothing that cells cannot.

import "time"

// api is the package for one session.
type api struct{ hub *Hub }

// A Widget is anything of this package that can be shown and put into boxes.
type Widget interface {
	// Show shows the widget below the running cell.
	Show()
	// Close takes the widget away, wherever it is shown, and closes its channels.
	Close()
	// MimeBundle is how a widget shows itself as the value of a cell.
	MimeBundle() map[string]any
}

// An IntSlider is a slider for whole numbers.
type IntSlider struct {
	face
	v *value[int]
}

// NewIntSlider makes a slider from min to max that stands at value. It is shown
// when it is the value of a cell, or by Show.
func (a *api) NewIntSlider(label string, min, max, value int) *IntSlider {
	return newIntSlider(a.hub, label, min, max, value)
}

// Value is what it is at now.
func (w *IntSlider) Value() int { return w.v.get() }

// Set changes the value, in every place where the slider is shown. Channels of
// Values get what people do, not this.
func (w *IntSlider) Set(v int) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *IntSlider) Values() <-chan int { return w.v.values() }

// Show shows the slider below the running cell. It can be shown several times:
// all of them are the same slider.
func (w *IntSlider) Show() { w.show() }

// Close takes the slider away, wherever it is shown, and closes its channels.
func (w *IntSlider) Close() { w.close() }

// MimeBundle is how the slider shows itself as the value of a cell.
func (w *IntSlider) MimeBundle() map[string]any { return w.bundle() }

// A FloatSlider is a slider for numbers in small steps.
type FloatSlider struct {
	face
	v *value[float64]
}

// NewFloatSlider makes a slider from min to max, in hundred steps, that stands at
// value.
func (a *api) NewFloatSlider(label string, min, max, value float64) *FloatSlider {
	return newFloatSlider(a.hub, label, min, max, value)
}

// Value is what it is at now.
func (w *FloatSlider) Value() float64 { return w.v.get() }

// Set changes the value, in every place where the slider is shown. Channels of
// Values get what people do, not this.
func (w *FloatSlider) Set(v float64) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *FloatSlider) Values() <-chan float64 { return w.v.values() }

// Show shows the slider below the running cell. It can be shown several times:
// all of them are the same slider.
func (w *FloatSlider) Show() { w.show() }

// Close takes the slider away, wherever it is shown, and closes its channels.
func (w *FloatSlider) Close() { w.close() }

// MimeBundle is how the slider shows itself as the value of a cell.
func (w *FloatSlider) MimeBundle() map[string]any { return w.bundle() }

// A Number is a field for a number.
type Number struct {
	face
	v *value[float64]
}

// NewNumber makes a field for a number. A value comes when it is complete: with
// Enter, or when the field is left.
func (a *api) NewNumber(label string, value float64) *Number { return newNumber(a.hub, label, value) }

// Value is what it is at now.
func (w *Number) Value() float64 { return w.v.get() }

// Set changes the value, in every place where the field is shown. Channels of
// Values get what people do, not this.
func (w *Number) Set(v float64) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *Number) Values() <-chan float64 { return w.v.values() }

// Show shows the field below the running cell. It can be shown several times:
// all of them are the same field.
func (w *Number) Show() { w.show() }

// Close takes the field away, wherever it is shown, and closes its channels.
func (w *Number) Close() { w.close() }

// MimeBundle is how the field shows itself as the value of a cell.
func (w *Number) MimeBundle() map[string]any { return w.bundle() }

// A Text is a field for a line of text.
type Text struct {
	face
	v *value[string]
}

// NewText makes a field for a line of text. A value comes when it is complete:
// with Enter, or when the field is left.
func (a *api) NewText(label, value string) *Text { return newText(a.hub, label, value) }

// Value is what it is at now.
func (w *Text) Value() string { return w.v.get() }

// Set changes the value, in every place where the field is shown. Channels of
// Values get what people do, not this.
func (w *Text) Set(v string) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *Text) Values() <-chan string { return w.v.values() }

// Show shows the field below the running cell. It can be shown several times:
// all of them are the same field.
func (w *Text) Show() { w.show() }

// Close takes the field away, wherever it is shown, and closes its channels.
func (w *Text) Close() { w.close() }

// MimeBundle is how the field shows itself as the value of a cell.
func (w *Text) MimeBundle() map[string]any { return w.bundle() }

// A TextArea is a field for several lines of text.
type TextArea struct {
	face
	v *value[string]
}

// NewTextArea makes a field for several lines of text. A value comes when the
// field is left.
func (a *api) NewTextArea(label, value string) *TextArea { return newTextArea(a.hub, label, value) }

// Value is what it is at now.
func (w *TextArea) Value() string { return w.v.get() }

// Set changes the value, in every place where the field is shown. Channels of
// Values get what people do, not this.
func (w *TextArea) Set(v string) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *TextArea) Values() <-chan string { return w.v.values() }

// Show shows the field below the running cell. It can be shown several times:
// all of them are the same field.
func (w *TextArea) Show() { w.show() }

// Close takes the field away, wherever it is shown, and closes its channels.
func (w *TextArea) Close() { w.close() }

// MimeBundle is how the field shows itself as the value of a cell.
func (w *TextArea) MimeBundle() map[string]any { return w.bundle() }

// A Checkbox is a box with a tick or without.
type Checkbox struct {
	face
	v *value[bool]
}

// NewCheckbox makes a checkbox.
func (a *api) NewCheckbox(label string, value bool) *Checkbox {
	return newCheckbox(a.hub, label, value)
}

// Value is what it is at now.
func (w *Checkbox) Value() bool { return w.v.get() }

// Set changes the value, in every place where the checkbox is shown. Channels of
// Values get what people do, not this.
func (w *Checkbox) Set(v bool) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *Checkbox) Values() <-chan bool { return w.v.values() }

// Show shows the checkbox below the running cell. It can be shown several times:
// all of them are the same checkbox.
func (w *Checkbox) Show() { w.show() }

// Close takes the checkbox away, wherever it is shown, and closes its channels.
func (w *Checkbox) Close() { w.close() }

// MimeBundle is how the checkbox shows itself as the value of a cell.
func (w *Checkbox) MimeBundle() map[string]any { return w.bundle() }

// A Dropdown is a list of which one is chosen.
type Dropdown struct {
	face
	v *value[string]
}

// NewDropdown makes a list of options, of which the first is chosen.
func (a *api) NewDropdown(label string, options ...string) *Dropdown {
	return newDropdown(a.hub, label, options)
}

// Value is the chosen option; empty if there is none.
func (w *Dropdown) Value() string { return w.v.get() }

// Set changes the value, in every place where the list is shown. Channels of
// Values get what people do, not this.
func (w *Dropdown) Set(v string) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *Dropdown) Values() <-chan string { return w.v.values() }

// Show shows the list below the running cell. It can be shown several times:
// all of them are the same list.
func (w *Dropdown) Show() { w.show() }

// Close takes the list away, wherever it is shown, and closes its channels.
func (w *Dropdown) Close() { w.close() }

// MimeBundle is how the list shows itself as the value of a cell.
func (w *Dropdown) MimeBundle() map[string]any { return w.bundle() }

// A Play is a player that counts while it plays: an animation's clock.
type Play struct {
	face
	v *value[int]
}

// NewPlay makes a player from min to max, which takes a step each interval once
// somebody presses its button.
func (a *api) NewPlay(min, max int, interval time.Duration) *Play {
	return newPlay(a.hub, min, max, interval)
}

// Value is what it is at now.
func (w *Play) Value() int { return w.v.get() }

// Set changes the value, in every place where the player is shown. Channels of
// Values get what people do, not this.
func (w *Play) Set(v int) { w.v.set(v) }

// Values returns a channel of its own for each call, which gets each value that
// somebody sets by hand. Nobody waits for its reader: a slow one misses values,
// and always gets the newest. Close closes it.
func (w *Play) Values() <-chan int { return w.v.values() }

// Show shows the player below the running cell. It can be shown several times:
// all of them are the same player.
func (w *Play) Show() { w.show() }

// Close takes the player away, wherever it is shown, and closes its channels.
func (w *Play) Close() { w.close() }

// MimeBundle is how the player shows itself as the value of a cell.
func (w *Play) MimeBundle() map[string]any { return w.bundle() }

// A Button is a button.
type Button struct {
	face
	b *button
}

// NewButton makes a button.
func (a *api) NewButton(label string) *Button { return newButton(a.hub, label) }

// Clicks returns a channel of its own for each call, which gets each click. Up to
// 100 clicks wait for its reader. Close closes it.
func (w *Button) Clicks() <-chan struct{} { return w.b.clicks() }

// Enable says whether the button can be pressed.
func (w *Button) Enable(on bool) { w.b.m.set(state{"disabled": !on}) }

// Label changes what is written on the button.
func (w *Button) Label(s string) { w.b.m.set(state{"description": s}) }

// Show shows the button below the running cell. It can be shown several times:
// all of them are the same button.
func (w *Button) Show() { w.show() }

// Close takes the button away, wherever it is shown, and closes its channels.
func (w *Button) Close() { w.close() }

// MimeBundle is how the button shows itself as the value of a cell.
func (w *Button) MimeBundle() map[string]any { return w.bundle() }

// A Progress is a bar that says how much is done.
type Progress struct {
	face
	m *model
}

// NewProgress makes a bar that is full at total.
func (a *api) NewProgress(label string, total float64) *Progress {
	return newProgress(a.hub, label, total)
}

// Set says how much is done.
func (w *Progress) Set(done float64) { w.m.set(state{"value": done}) }

// Add says that so much more is done.
func (w *Progress) Add(more float64) { addTo(w.m, more) }

// Show shows the bar below the running cell. It can be shown several times:
// all of them are the same bar.
func (w *Progress) Show() { w.show() }

// Close takes the bar away, wherever it is shown, and closes its channels.
func (w *Progress) Close() { w.close() }

// MimeBundle is how the bar shows itself as the value of a cell.
func (w *Progress) MimeBundle() map[string]any { return w.bundle() }

// A Label is a line of text that can be replaced.
type Label struct {
	face
	m *model
}

// NewLabel makes a line of text.
func (a *api) NewLabel(text string) *Label { return newLabel(a.hub, text) }

// Set replaces the text.
func (w *Label) Set(text string) { w.m.set(state{"value": text}) }

// Show shows the label below the running cell. It can be shown several times:
// all of them are the same label.
func (w *Label) Show() { w.show() }

// Close takes the label away, wherever it is shown, and closes its channels.
func (w *Label) Close() { w.close() }

// MimeBundle is how the label shows itself as the value of a cell.
func (w *Label) MimeBundle() map[string]any { return w.bundle() }

// An Output is an area to print and show things in, from any goroutine. It is an
// io.Writer.
type Output struct {
	face
	o *area
}

// NewOutput makes an empty area.
func (a *api) NewOutput() *Output { return newOutput(a.hub) }

// Write prints text in the area; what is older than its last 64 kB goes.
func (w *Output) Write(p []byte) (n int, err error) { return w.o.write(p) }

// Put shows values in the area, each as if it were the value of a cell.
func (w *Output) Put(values ...any) { w.o.put(values) }

// Clear empties the area.
func (w *Output) Clear() { w.o.clear() }

// Show shows the area below the running cell. It can be shown several times:
// all of them are the same area.
func (w *Output) Show() { w.show() }

// Close takes the area away, wherever it is shown, and closes its channels.
func (w *Output) Close() { w.close() }

// MimeBundle is how the area shows itself as the value of a cell.
func (w *Output) MimeBundle() map[string]any { return w.bundle() }

// A Box is widgets beside or below each other.
type Box struct {
	face
	m *model
}

// HBox puts widgets beside each other.
func (a *api) HBox(children ...Widget) *Box { return newBox(a.hub, "HBox", children) }

// VBox puts widgets below each other.
func (a *api) VBox(children ...Widget) *Box { return newBox(a.hub, "VBox", children) }

// Show shows the box below the running cell. It can be shown several times:
// all of them are the same box.
func (w *Box) Show() { w.show() }

// Close takes the box away, wherever it is shown. What is in it stays open.
func (w *Box) Close() { w.close() }

// MimeBundle is how the box shows itself as the value of a cell.
func (w *Box) MimeBundle() map[string]any { return w.bundle() }

// Link keeps the values of two widgets the same, in the page: a Play and an
// IntSlider, for example.
func (a *api) Link(x, y Widget) { link(a.hub, x, y) }
