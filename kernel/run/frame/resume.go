package frame

// Machine code, which package compile has made for some functions, leaves frames in
// the midst of a block. Closures go on with them from there.

// Do carries out instructions of a block.
func (fr *Frame) Do(b *Block, from, to int) {
	fr.block = b
	for i := from; i < to; i++ {
		fr.pc = int32(i)
		b.Code[i](fr)
	}
}

// GoOn carries out the rest of a block and returns the next one.
func (fr *Frame) GoOn(b *Block, from int) *Block {
	fr.Do(b, from, len(b.Code))
	fr.pc = int32(len(b.Code))
	return b.Next(fr)
}

// At says that the frame is at an instruction of a block.
func (fr *Frame) At(b *Block, pc int) { fr.block, fr.pc = b, int32(pc) }

// maxResumed is how deep calls may be that closures did not make: their frames are
// on the heap and leave no trace on the stack.
const maxResumed = 1 << 20

// Deepen says that a thread is so many calls deeper than closures know of, the
// innermost of which is fr.
func (t *Thread) Deepen(calls int, fr *Frame) {
	before := t.depth
	t.Cur = fr
	t.depth += int32(calls)
	if t.depth/stackLooks != before/stackLooks {
		t.checkStack()
	}
	if t.depth > maxResumed {
		t.overflow()
	}
}

// Finish runs a call of which closures did not know from a block on to its end.
// Its results are in the frame afterwards.
func (fr *Frame) Finish(b *Block) {
	fr.run(b)
	fr.Thread.depth--
}
