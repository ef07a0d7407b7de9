package jit

// Takes reports whether there is code for an operation on this kind of processor.
// Whoever makes functions asks for those that not all may have: Guard and what comes
// after it.
func Takes(Op) bool { return true }
