package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

type verdict int

const (
	done verdict = iota
	retryEarly
)

// check runs the type checker over the assembled file.
func (b *builder) check() verdict {
	info := newInfo()
	b.unit.Info = info
	conf := types.Config{
		GoVersion: b.s.cfg.GoVersion,
		Importer:  b.s.cfg.Importer,
		Sizes:     b.s.cfg.Sizes,
		Error:     b.report,
	}
	checker := types.NewChecker(&conf, b.s.cfg.Fset, b.unit.Pkg, info)
	func() {
		defer func() {
			if r := recover(); r != nil {
				b.errs = append(b.errs, Error{Msg: fmt.Sprintf("this cell cannot be checked together with what earlier cells declare (%v); declare a type and its methods in one cell", r)})
			}
		}()
		_ = checker.Files([]*ast.File{b.unit.File}) // errors have gone to conf.Error
	}()
	if len(b.earlyUses()) > 0 {
		return retryEarly
	}
	b.checkInits()
	return done
}

// tolerated reports whether an error does not stop a cell: what is unused, and
// orders of initialisation, which statements settle themselves.
func tolerated(e types.Error) bool {
	m := e.Msg
	if e.Soft && strings.HasSuffix(m, " declared and not used") && !strings.HasPrefix(m, "label ") {
		return true // the variable of a type switch
	}
	if strings.HasPrefix(m, "declared and not used: ") || strings.HasPrefix(m, "initialization cycle for ") {
		return true
	}
	return e.Soft && strings.HasSuffix(m, "imported and not used") || e.Soft && strings.Contains(m, "imported as ") && strings.HasSuffix(m, "and not used")
}

// earlyUses finds uses of variables by statements that come before, or are,
// the one that declares them. There the name still has its earlier meaning.
func (b *builder) earlyUses() map[token.Pos]bool {
	var uses map[token.Pos]bool
	file := b.declaresOnly()
	for id, o := range b.unit.Info.Uses {
		p := b.promoted[id.Name]
		if p == nil || o != b.unit.Info.Defs[p.ident] || id.Pos() >= p.end {
			continue
		}
		if b.statementAt(id.Pos()) == nil || file && id.Pos() < p.start {
			continue
		}
		if uses == nil {
			uses = map[token.Pos]bool{}
		}
		uses[id.Pos()] = true
	}
	return uses
}

// markEarly gives uses that were found early the name of the session's own
// variable, or one that does not exist.
func (b *builder) markEarly(early map[int]bool) {
	if len(early) == 0 {
		return
	}
	for _, s := range b.c.Stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && early[int(id.Pos())-b.c.File.Base()] {
				if o := b.s.Lookup(id.Name); o != nil {
					old := id.Name + oldMark
					b.old[old] = o
					id.Name = old
				} else {
					b.errs = append(b.errs, b.s.errorAt(id.Pos(), "undefined: "+id.Name))
					id.Name = "_"
				}
			}
			return true
		})
	}
}
