package worker

// cellStack is about as much stack, in bytes, as it takes to check and compile a cell.
const cellStack = 50 << 10

// growStack makes room on the stack of a goroutine that has just begun. Otherwise the
// stack grows in three steps, each of which copies what is there and corrects every
// pointer to it: a fifth of the processor time of a trivial cell.
//
//go:noinline
func growStack(at uint64) byte {
	var room [cellStack]byte
	room[at%cellStack] = 1
	return room[at/2%cellStack]
}
