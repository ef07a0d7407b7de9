// Package instead has what either engine does in place of compiled functions of which
// no more need be known than which goroutine calls them, and from where: calls that
// wait, for other goroutines or for the world outside, end when their goroutine is
// stopped, the end of the process is that of a cell, and what is logged says from which
// line.
//
// It knows goroutines, and nothing of how the engines run code: what they do in place
// of other functions, such as those that look at types or at the stack, is their own.
package instead
