// Package vet looks for what compiles but is most likely a mistake, with the
// analysers of go vet: copied locks, lost cancel functions, wrong printf
// verbs and the like.
//
// It knows go/analysis, syntax and types. It neither parses nor type-checks,
// and knows nothing of cells: packages follow each other, and later ones may
// refer to objects of earlier ones.
package vet
