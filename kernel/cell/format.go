package cell

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"slices"
)

// Format writes the cell as gofmt would write its parts. It keeps magics and a
// semicolon at the end, which hides the cell's value. With a syntax error,
// which it returns as an [ErrorList], there is nothing to format.
func Format(src []byte) ([]byte, error) {
	before, err := Parse(token.NewFileSet(), "cell", src)
	if err != nil {
		return nil, err
	}
	// Magics stand between statements, so what is between them can be
	// formatted piece by piece.
	var out bytes.Buffer
	from := 0
	for _, m := range split(src).magics {
		if err := formatPiece(&out, src[from:m.offset]); err != nil {
			return nil, err
		}
		end := min(magicEnd(src, m.offset)+1, len(src))
		line := bytes.TrimRight(src[m.offset:end], " \t\r\n")
		out.Write(line)
		if end > m.offset+len(line) && src[end-1] == '\n' {
			out.WriteByte('\n')
		}
		from = end
	}
	if err := formatPiece(&out, src[from:]); err != nil {
		return nil, err
	}
	result := out.Bytes()
	after, err := Parse(token.NewFileSet(), "cell", result)
	if err == nil && before.hidesValue() && !after.hidesValue() && len(after.Stmts) > 0 {
		end := int(after.Stmts[len(after.Stmts)-1].End()) - after.File.Base()
		result = append(append(bytes.Clone(result[:end]), ';'), result[end:]...)
		after, err = Parse(token.NewFileSet(), "cell", result)
	}
	if err != nil || len(after.Decls) != len(before.Decls) || len(after.Stmts) != len(before.Stmts) ||
		len(after.Imports) != len(before.Imports) || (after.Final == nil) != (before.Final == nil) {
		return nil, fmt.Errorf("formatting would change what the cell does")
	}
	return result, nil
}

// hidesValue says whether the last statement is an expression that ends in a
// semicolon.
func (c *Cell) hidesValue() bool {
	if len(c.Stmts) == 0 {
		return false
	}
	last, ok := c.Stmts[len(c.Stmts)-1].(*ast.ExprStmt)
	return ok && c.semicolonAfter(last.End())
}

// formatPiece formats a part of a cell without magics.
func formatPiece(out *bytes.Buffer, src []byte) error {
	sp := split(src)
	done := 0 // of src
	for _, s := range sp.segments {
		out.Write(src[done:s.start])
		done = s.end
		text := sp.text[s.start:s.end]
		formatted, err := sp.format(s)
		if err != nil {
			return fmt.Errorf("formatting: %w", err)
		}
		if s.kind == packageClause { // to go/format, this is a whole file
			space := len(text) - len(bytes.TrimLeft(text, "\n"))
			formatted = append(bytes.Clone(text[:space]), bytes.TrimSpace(formatted)...)
		}
		if n := out.Len(); n > 0 && s.start > 0 && src[s.start-1] == ';' && out.Bytes()[n-1] != '\n' && !bytes.HasPrefix(formatted, []byte("\n")) {
			// Two statements were on one line and had a semicolon between
			// them, which gofmt drops.
			out.WriteByte('\n')
			formatted = bytes.TrimLeft(formatted, " \t")
		}
		out.Write(formatted)
	}
	out.Write(src[done:])
	return nil
}

// format formats one segment. The expressions of a list are formatted one by
// one, as a list is no statement.
func (sp *splitting) format(s segment) ([]byte, error) {
	l := sp.list
	if len(l.commas) == 0 || l.start < s.start || l.start >= s.end {
		return format.Source(sp.text[s.start:s.end])
	}
	out, err := format.Source(sp.text[s.start:l.start])
	from := l.start
	for _, comma := range append(slices.Clone(l.commas), s.end) {
		// Space in front would indent the lines that follow.
		piece, e := format.Source(bytes.TrimLeft(sp.text[from:comma], " \t"))
		if err = cmp.Or(err, e); err != nil {
			return nil, err
		}
		if from > l.start {
			out = append(out, ',')
			if !bytes.HasPrefix(piece, []byte("\n")) {
				out = append(out, ' ')
			}
		}
		if comma < s.end {
			piece = bytes.TrimRight(piece, " \t")
		}
		out, from = append(out, piece...), comma+1
	}
	return out, err
}

// Balance returns src with the closing brackets added that it lacks at its
// end, so that the parser sees the shape of a cell that is still being typed.
func Balance(src []byte) []byte {
	sp := split(src)
	if sp.refused || len(sp.open) == 0 {
		return src
	}
	return append(bytes.Clone(src), sp.closers()...)
}
