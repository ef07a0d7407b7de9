package display

import (
	"image"
	"testing"
)

// A rectangle has the methods of an image, and is shown as its corners.
func TestContract4_Rectangle(t *testing.T) {
	b := Of(image.Rect(1, 2, 30, 40))
	if text := b.Data["text/plain"]; text != "(1,2)-(30,40)" || len(b.Data) != 1 {
		t.Errorf("shown as %v", b.Data)
	}
}
