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
	if more, ok := continues(e); ok {
		// It tells more about the error before, such as where the other
		// declaration is.
		if n := len(b.errs); n > 0 && !b.quiet {
			at := b.s.errorAt(e.Pos, more)
			b.errs[n-1].Msg += fmt.Sprintf("\n\t%s: %s", at.Position, at.Msg)
		}
		return
	}
	if b.quiet = tolerated(e) || b.missing[e.Pos]; !b.quiet {
		b.errs = append(b.errs, b.s.errorAt(e.Pos, b.inWords(e)))
	}
}

// inWords returns the message of e. Where a statement has become another,
// such as the declaration of one variable with several values, it is the
// message about that statement.
func (b *builder) inWords(e types.Error) string {
	if b.outs != nil && b.isShown(e.Pos) {
		// Nobody wrote the assignment that the final expression has become.
		e.Msg = asStatement(e.Msg)
	}
	if n := b.assignedAt(e.Pos); n > 0 {
		e.Msg = inAssignment(e.Msg, n)
	}
	if !isSingleValue(e.Msg) {
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
			return mismatch("1 variable", types.ExprString(call.Fun), fmt.Sprintf("%d values", t.Results().Len()))
		}
	}
	return e.Msg
}

// assignedAt returns how many variables the := sets that has a value for each of
// them, one of them at pos; 0 if there is none.
func (b *builder) assignedAt(pos token.Pos) int {
	for _, as := range b.assigns {
		if as.stmt.Tok != token.DEFINE || len(as.stmt.Lhs) != len(as.stmt.Rhs) {
			continue
		}
		for _, x := range as.stmt.Rhs {
			if x.Pos() == pos {
				return len(as.stmt.Lhs)
			}
		}
	}
	return 0
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
	nothing := map[token.Pos]bool{}
	for _, e := range errs {
		if isUndefined(e.Msg) {
			nothing[e.pos] = true
		}
	}
	follows := func(e Error) bool {
		if isBlankAsValue(e.Msg) {
			return nothing[e.pos]
		}
		st := b.statementAt(e.pos)
		return st != nil && nothing[st.Pos()+1] && e.pos > st.Pos()+1 && b.inShellLine(st.Pos()+1)
	}
	placed := slices.ContainsFunc(errs, func(e Error) bool { return e.pos.IsValid() })
	errs = slices.DeleteFunc(errs, func(e Error) bool {
		return placed && !e.pos.IsValid() || follows(e)
	})
	list := sorted(errs)
	b.explainOnce(list)
	// Hints take time, and nobody reads hundreds of them.
	const hinted = 20
	for i := range min(len(list), hinted) {
		if h := b.hint(list[i]); h != "" {
			list[i].Msg += "\n\t" + h
		}
	}
	return list
}

// explainOnce leaves of imports that fail in a row with the same explanation that
// of the last.
func (b *builder) explainOnce(list ErrorList) {
	b.fixTogether(list)
	last := ""
	for i := range slices.Backward(list) {
		if !b.missing[list[i].pos] {
			continue
		}
		head, more, _ := strings.Cut(list[i].Msg, "\n")
		if more != "" && more == last {
			list[i].Msg = head
		}
		last = more
	}
}

// fixTogether says once what to do about several imports: at the last of them.
func (b *builder) fixTogether(list ErrorList) {
	last := map[string]int{}
	items := map[string][]string{}
	for i, e := range list {
		if f, ok := b.fixes[e.pos]; ok && !slices.Contains(items[f.words], f.item) {
			last[f.words] = i
			items[f.words] = append(items[f.words], f.item)
		}
	}
	for words, i := range last {
		list[i].Msg += "\n\t" + words + " " + strings.Join(items[words], " ")
	}
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

// qualifier matches the package that all units are called.
var qualifier = regexp.MustCompile(`\bmain\.([\pL_])`)

// plain returns a message in the words of the cell.
func plain(msg string) string {
	if isMadeUp(msg) {
		msg = userNames(msg)
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
