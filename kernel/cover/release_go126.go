//go:build !go1.27

package cover

// countsWhatEnds says that a block and a label that end a block count as its
// statements, as cmd/cover counts.
const countsWhatEnds = true
