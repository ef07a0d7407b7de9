package check

import (
	"bytes"
	"go/ast"
	"go/token"
	"strings"
)

// shellLine is the line of the cell's statement at pos, without the !, if that
// statement starts with one and a name. So do shell commands in other kernels,
// and some of them are Go expressions.
func (b *builder) shellLine(pos token.Pos) (line string, ok bool) {
	st, ok := b.statementAt(pos).(*ast.ExprStmt)
	if !ok {
		return "", false
	}
	text := b.c.Source[b.c.File.Offset(st.Pos()):]
	if text[0] != '!' {
		return "", false
	}
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSpace(string(text[1:])), true
}

// inShellLine reports whether a name that means nothing is the command of what
// may be a shell command.
func (b *builder) inShellLine(pos token.Pos) bool {
	_, ok := b.shellLine(pos)
	return ok && b.statementAt(pos).Pos()+1 == pos
}

// shellCommand is how the command at pos is written so that it is none of Go.
func (b *builder) shellCommand(pos token.Pos) string {
	line, _ := b.shellLine(pos)
	return "%sh " + strings.TrimSpace(line)
}
