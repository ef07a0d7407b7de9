package display

import (
	"fmt"
	"html"
	"strings"
	"time"
)

const (
	barWidth     = 30 // characters
	drawInterval = 100 * time.Millisecond
)

// redraw draws the bar if that shows something new. No timer draws it later:
// the percentage is always right, the number of steps may lag behind.
func (b *Bar) redraw() {
	if b.percentage() != b.percent || time.Since(b.drawn) >= drawInterval {
		b.draw(true)
	}
}

func (b *Bar) percentage() int {
	switch {
	case b.total <= 0:
		return 0
	case b.done <= 0:
		return 0
	case b.done >= b.total:
		return 100
	}
	return int(float64(b.done) / float64(b.total) * 100)
}

// draw shows the bar. The lock is held, so that drawings come in order.
func (b *Bar) draw(update bool) {
	b.percent, b.drawn = b.percentage(), time.Now()
	label := clean(b.label)
	count := fmt.Sprintf("%d/%d", b.done, b.total)
	filled := barWidth * b.percent / 100
	text := fmt.Sprintf("[%s%s] %3d %% (%s)", strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), b.percent, count)
	markup := fmt.Sprintf(`<progress max="100" value="%d"></progress> %d&#8201;%% (%s)`, b.percent, b.percent, count)
	if b.total <= 0 { // how much there is to do is not known
		text = fmt.Sprintf("%d done", b.done)
		markup = text
	}
	if label != "" {
		text = label + " " + text
		markup = html.EscapeString(label) + " " + markup
	}
	b.out.show(map[string]any{mimeText: text, mimeHTML: markup}, nil, b.id, update)
}
