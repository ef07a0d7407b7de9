package cell

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
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
		end := len(src)
		if i := bytes.IndexByte(src[m.offset:], '\n'); i >= 0 {
			end = m.offset + i + 1
		}
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
		formatted, err := format.Source(text)
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

// Balance returns src with the closing brackets added that it lacks at its
// end, so that the parser sees the shape of a cell that is still being typed.
func Balance(src []byte) []byte {
	sp := split(src)
	if sp.refused || len(sp.open) == 0 {
		return src
	}
	return append(bytes.Clone(src), sp.closers()...)
}
