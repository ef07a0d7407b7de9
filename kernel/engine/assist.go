package engine

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/assist"
	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

// Complete implements session.Session.
func (e *Engine) Complete(ctx context.Context, source string, cursor int) (session.Completion, error) {
	cursor = min(max(cursor, 0), len(source))
	line := strings.TrimLeft(source[strings.LastIndexByte(source[:cursor], '\n')+1:cursor], " \t")
	_, _, text := cell.CutBody([]byte(source[:cursor]), e.takesText)
	if text || strings.HasPrefix(line, "!") || strings.HasPrefix(line, "$") {
		return e.completeInText(source, cursor), nil
	}
	env := e.assistance()
	if inImport.MatchString(source[:cursor]) {
		env.Packages = append(slices.Clone(env.Packages), e.modules.importable(ctx)...)
	}
	return assist.Complete(ctx, env, source, cursor)
}

// inImport matches a text that ends within the path of an import.
var inImport = regexp.MustCompile(`\bimport\s*(\([^)]*|[\pL\d_.]*\s*)"[^"\n]*$`)

// Inspect implements session.Session.
func (e *Engine) Inspect(ctx context.Context, source string, cursor, detail int) (session.Inspection, error) {
	cursor = min(max(cursor, 0), len(source))
	if _, body, _ := cell.CutBody([]byte(source[:cursor]), e.takesText); len(body) > 0 {
		return session.Inspection{}, nil
	}
	return assist.Inspect(ctx, e.assistance(), source, cursor, detail)
}

// IsComplete implements session.Session.
func (e *Engine) IsComplete(_ context.Context, source string) (session.Completeness, error) {
	if _, body, text := cell.CutBody([]byte(source), e.takesText); text {
		if strings.HasSuffix(string(body), "\n") { // an empty line ends it
			return session.Completeness{Status: "complete"}, nil
		}
		return session.Completeness{Status: "incomplete"}, nil
	}
	return cell.IsComplete(source), nil
}

func (e *Engine) assistance() *assist.Env {
	env := &assist.Env{Checker: lenient{e}, Packages: importable(), Importer: e.importer, Doc: e.doc}
	for i := range e.commands {
		c := &e.commands[i]
		m := assist.Magic{Name: c.name, Line: c.line != nil, Cell: c.whole(), Brief: c.usage[0].does, Help: c.helpText}
		if c.complete != nil {
			m.Arguments = func(before []string, partial string) []session.Match { return c.complete(e, before, partial) }
		}
		env.Magics = append(env.Magics, m)
	}
	return env
}

func (e *Engine) doc(pkgPath, name string) string {
	if pkgPath == "main" {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.session.Doc(name)
	}
	if p, ok := e.own[pkgPath]; ok {
		return p.Doc(name)
	}
	return stdlib.Doc(pkgPath, name)
}

// lenient is the engine as package assist sees it.
type lenient struct{ e *Engine }

func (l lenient) CheckLenient(src []byte) *assist.Checked {
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	p := l.e.session.Lenient("cell", src)
	if p == nil {
		return nil
	}
	return &assist.Checked{Fset: l.e.fset, Cell: p.Cell, Info: p.Info, Package: p.Pkg, Scope: p.Pkg.Scope()}
}
