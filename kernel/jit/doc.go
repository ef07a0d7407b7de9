// Package jit compiles functions to machine code. It knows nothing of Go's SSA form, of
// frames, goroutines or the runtime: package run/compile lowers a function to the form
// of this package ([Func]), puts the code where it can be executed, calls it, and goes
// on where it is left. Nor does it know of processors: what is the same for all of
// them, which is most of what follows, is here, and the instructions are written by a
// [Backend], package jit/amd64, jit/arm64 or jit/wasm, between which package jit/host
// chooses. It may refuse an operation, which closures do then.
//
// # Variables and their homes
//
// A function works on a frame, a piece of memory with a fixed place, a home, for
// each variable: the same frame, with the same layout, that closures work on. For
// each variable that is used much, one register is reserved for its whole life
// (allocate); the others stay at home. Where the code is entered, what is alive is
// loaded; where it is left, what is alive is stored. In between a home may be out of
// date, which nobody sees. Integers are kept extended to 64 bits in registers, so
// that they can be compared, used as an index and converted as they are.
//
// # Leaving
//
// The code never calls Go. It leaves: it stores what is alive and returns, with the
// address at which it was as the answer, and [Unit.Find] tells what that means
// ([Exit]). Then closures go on at the instruction that could not be carried out.
// There is one rule for that: an instruction leaves before it has done anything. So
// the code has no panics of its own. A division by zero, a nil pointer, an index out
// of range or a float that does not fit an integer are left to the closure, which
// does the same once more and panics in Go's words, or computes what Go computes.
// The runtime's wish that the goroutine stop is a comparison in each round of a loop
// and at each call that may lead to more; where nothing is preempted, these are counted.
//
// # Pointers
//
// The garbage collector must know of every pointer, and does not look into
// registers or at the stack of machine code. It need not, as long as the goroutine
// is not stopped; and where that may happen, nothing is left there: a pointer that is
// only in a register when the code is left goes through the context
// ([Target].Spill), from where Go stores it, with a write barrier. Other stores of
// pointers look at the runtime's own flag first, as compiled Go does, and leave while
// it is set. It cannot change in between, as that takes stopping every goroutine.
//
// # Calls
//
// Functions with nothing in them that has to be left, but for panics, call each other
// directly. The callee's frame lies on the machine's stack; arguments are written into
// their homes there, results are read from theirs. When code is left somewhere within
// such calls, package run/compile takes all frames off the stack ([Exit].Live says
// where each has pointers), lets closures go on with the innermost, and puts the
// others back when that has returned.
//
// # Instructions of several
//
// What is one instruction for closures may be several here. Whatever closures read has
// to be alive then until the last of them that may be left ([Ins].Kept), and values in
// between are variables that are in no frame ([Nowhere]).
package jit
