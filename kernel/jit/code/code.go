// Package code is what assemblers have in common: bytes that grow, and labels, which
// are places in them.
package code

// A Label is a place in the code that jumps lead to.
type Label int

// A Buffer collects code. The zero value is ready for use.
type Buffer struct {
	Bytes  []byte
	labels []int // where each is, -1 until it is bound
}

// NewLabel makes a label that is nowhere yet.
func (b *Buffer) NewLabel() Label {
	b.labels = append(b.labels, -1)
	return Label(len(b.labels) - 1)
}

// Bind puts a label here.
func (b *Buffer) Bind(l Label) { b.labels[l] = len(b.Bytes) }

// Offset is where a label has been bound, from the start of the code.
func (b *Buffer) Offset(l Label) int { return b.labels[l] }

// Len is how many bytes there are.
func (b *Buffer) Len() int { return len(b.Bytes) }
