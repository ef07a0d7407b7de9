// Package cell turns the source text of one notebook cell into a parsed cell:
// magics, imports, declarations, statements and the final expression.
//
// A cell is looser than a Go file. Imports, declarations, statements and
// expressions come in any order, package clauses are ignored, and lines that
// start with % are magics. Every position in the result is that of the cell's
// own text: line, column and byte offset.
//
// The package knows Go's grammar, through go/scanner and go/parser, and knows
// no types: whether names exist and what they mean is for others to say.
package cell
