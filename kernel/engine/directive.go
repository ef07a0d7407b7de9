package engine

import (
	"go/scanner"
	"go/token"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/session"
)

// embedDirective begins the comment that has the go command put files into a
// program.
const embedDirective = "//go:embed"

// noEmbed is what a cell is told that has one.
const noEmbed = "//go:embed does not work in a cell, which is not built by the go command; " +
	"read the file as the cell runs, with os.ReadFile, or a folder with os.DirFS: both look in the notebook's folder"

// refuseDirectives fails a cell with a directive that would be ignored.
func (e *Engine) refuseDirectives(c *cell.Cell) *session.Failure {
	src := string(c.Source)
	if !strings.Contains(src, embedDirective) {
		return nil
	}
	var list check.ErrorList
	fset := token.NewFileSet()
	file := fset.AddFile(c.Name, -1, len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		rest, ok := strings.CutPrefix(text, embedDirective)
		if p := fset.Position(pos); tok == token.COMMENT && ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			list = append(list, check.Error{Position: p, Msg: noEmbed})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return e.compileFailure(c, list)
}
