package check

import (
	"fmt"
	"go/ast"
	"go/types"
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
	b.checkJumps()
	b.checkAnonymous()
	return done
}

// tolerated reports whether an error does not stop a cell: what is unused, and
// orders of initialisation, which statements settle themselves.
func tolerated(e types.Error) bool {
	return isUnused(e) || isUnusedImport(e) || isInitialisationCycle(e)
}
