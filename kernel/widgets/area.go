package widgets

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/display"
)

// What an area keeps: its state goes to the front end whole with each change.
const (
	maxAreaText  = 64 << 10 // bytes
	maxAreaItems = 100
)

// area is what an Output shows, in the form of a notebook's outputs.
type area struct {
	m     *model
	items []any // guarded by the model's lock; never changed in place
}

func newOutput(h *Hub) *Output {
	s := names(output, outputVersion, "OutputModel", "OutputView")
	s["outputs"], s["msg_id"] = []any{}, ""
	o := &area{m: &model{state: s}}
	h.assemble(o.m, "")
	return &Output{face{o.m, o.text}, o}
}

func (o *area) write(p []byte) (int, error) {
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	text := strings.ToValidUTF8(string(p), "\ufffd")
	items := o.items
	if n := len(items); n > 0 {
		if last, ok := items[n-1].(map[string]any); ok && last["output_type"] == "stream" {
			text, items = last["text"].(string)+text, items[:n-1]
		}
	}
	if cut := len(text) - maxAreaText; cut > 0 {
		for cut < len(text) && !utf8.RuneStart(text[cut]) {
			cut++
		}
		text = text[cut:]
	}
	o.replace(items, map[string]any{"output_type": "stream", "name": "stdout", "text": text})
	return len(p), nil
}

func (o *area) put(values []any) {
	for _, v := range values {
		b := display.Of(v) // may run methods of v: no lock is held
		metadata := b.Metadata
		if metadata == nil {
			metadata = map[string]any{}
		}
		o.m.mu.Lock()
		o.replace(o.items, map[string]any{"output_type": "display_data", "data": b.Data, "metadata": metadata})
		o.m.mu.Unlock()
	}
}

func (o *area) clear() {
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	o.replace(nil)
}

// replace makes items and more what the area shows.
func (o *area) replace(items []any, more ...any) {
	all := append(append([]any{}, items...), more...)
	o.items = all[max(len(all)-maxAreaItems, 0):]
	o.m.setLocked(state{"outputs": o.items})
}

// text is what has been printed in the area.
func (o *area) text() string {
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	var b strings.Builder
	for _, item := range o.items {
		switch item := item.(map[string]any); item["output_type"] {
		case "stream":
			b.WriteString(item["text"].(string))
		default:
			if data, ok := item["data"].(map[string]any); ok {
				s, _ := data["text/plain"].(string)
				b.WriteString(s + "\n")
			}
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// eventOf is the event that a message which is no change of state tells.
func eventOf(content json.RawMessage) string {
	var c struct {
		Event string `json:"event"`
	}
	_ = json.Unmarshal(content, &c)
	return c.Event
}
