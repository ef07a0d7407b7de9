package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// report files an error of the type checker.
func (b *builder) report(err error) {
	e, ok := err.(types.Error)
	if !ok {
		return
	}
	if more, ok := strings.CutPrefix(e.Msg, "\t"); ok {
		// It tells more about the error before, such as where the other
		// declaration is.
		if n := len(b.errs); n > 0 && !b.quiet {
			at := b.s.errorAt(e.Pos, more)
			b.errs[n-1].Msg += fmt.Sprintf("\n\t%s: %s", at.Position, at.Msg)
		}
		return
	}
	if b.quiet = tolerated(e); !b.quiet {
		b.errs = append(b.errs, b.s.errorAt(e.Pos, b.mismatch(e)))
	}
}

// mismatch returns the message of e. Where a statement has become another,
// such as the declaration of one variable with several values, it is the
// message about that statement.
func (b *builder) mismatch(e types.Error) string {
	if x := b.c.Final; b.outs != nil && x != nil && x.Pos() <= e.Pos && e.Pos < x.End() {
		// Nobody wrote the assignment that the final expression has become.
		e.Msg = strings.Replace(e.Msg, " in assignment to _ identifier", "", 1)
	}
	if !strings.HasSuffix(e.Msg, "in single-value context") {
		return e.Msg
	}
	for _, as := range b.assigns {
		st := as.stmt
		if st.Tok != token.DEFINE || len(st.Lhs) != 1 || len(st.Rhs) != 1 || st.Rhs[0].Pos() != e.Pos {
			continue
		}
		call, ok := ast.Unparen(st.Rhs[0]).(*ast.CallExpr)
		if !ok {
			continue
		}
		if t, ok := b.unit.Info.TypeOf(call.Fun).(*types.Signature); ok {
			return fmt.Sprintf("assignment mismatch: 1 variable but %s returns %d values", types.ExprString(call.Fun), t.Results().Len())
		}
	}
	return e.Msg
}

// checkInits checks init functions for what the checker only does when they
// have that name.
func (b *builder) checkInits() {
	for _, d := range b.c.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !slices.Contains(b.inits, f.Name.Name) {
			continue
		}
		if f.Type.TypeParams != nil {
			b.errs = append(b.errs, b.s.errorAt(f.Type.TypeParams.Pos(), "func init must have no type parameters"))
		}
		if f.Type.Params.NumFields() > 0 || f.Type.Results != nil {
			b.errs = append(b.errs, b.s.errorAt(f.Name.Pos(), "func init must have no arguments and no return values"))
		}
	}
}

// explained makes errors ready for people: in order, each once, without those
// that only follow from others, and with hints.
func (b *builder) explained(errs []Error) ErrorList {
	undefined := map[token.Pos]bool{}
	for _, e := range errs {
		if strings.HasPrefix(e.Msg, "undefined: ") {
			undefined[e.pos] = true
		}
	}
	placed := slices.ContainsFunc(errs, func(e Error) bool { return e.pos.IsValid() })
	errs = slices.DeleteFunc(errs, func(e Error) bool {
		return placed && !e.pos.IsValid() || undefined[e.pos] && e.Msg == "cannot use _ as value or type"
	})
	list := sorted(errs)
	// Hints take time, and nobody reads hundreds of them.
	const hinted = 20
	for i := range min(len(list), hinted) {
		if h := b.hint(list[i]); h != "" {
			list[i].Msg += "\n\t" + h
		}
	}
	return list
}

// sorted orders errors by position and drops repetitions.
func sorted(errs []Error) ErrorList {
	slices.SortStableFunc(errs, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Column, b.Position.Column))
	})
	return slices.CompactFunc(errs, func(a, b Error) bool {
		return a.Position == b.Position && a.Msg == b.Msg
	})
}

var (
	// madeUp matches names that units give to what has none in the cell.
	madeUp = regexp.MustCompile(`([\pL_][\pL\d_]*)·[\pL\d_·]*`)
	// qualifier matches the package that all units are called.
	qualifier = regexp.MustCompile(`\bmain\.([\pL_])`)
)

// plain returns a message in the words of the cell.
func plain(msg string) string {
	if strings.Contains(msg, "·") {
		msg = madeUp.ReplaceAllString(msg, "$1")
		msg = strings.ReplaceAll(msg, "_ = ", "")
	}
	if !strings.Contains(msg, "main.") {
		return msg
	}
	parts := strings.Split(msg, `"`)
	for i := 0; i < len(parts); i += 2 {
		parts[i] = qualifier.ReplaceAllString(parts[i], "$1")
	}
	return strings.Join(parts, `"`)
}
