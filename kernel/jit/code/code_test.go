package code_test

import (
	"testing"

	"github.com/gosched/gosched/kernel/jit/code"
)

// Labels are where they are bound, in whatever order they were made.
func TestLabels(t *testing.T) {
	var b code.Buffer
	last, first := b.NewLabel(), b.NewLabel()
	if first == last {
		t.Fatal("two labels are one")
	}
	if b.Offset(last) >= 0 {
		t.Errorf("a label that is nowhere is at %d", b.Offset(last))
	}
	b.Bind(first)
	b.Bytes = append(b.Bytes, 1, 2, 3)
	b.Bind(last)
	b.Bytes = append(b.Bytes, 4)
	if b.Offset(first) != 0 || b.Offset(last) != 3 || b.Len() != 4 {
		t.Errorf("they are at %d and %d of %d", b.Offset(first), b.Offset(last), b.Len())
	}
}
