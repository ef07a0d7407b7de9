package engine

import (
	"context"
	"sync"

	"github.com/gosched/gosched/kernel/assist"
	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

// Complete implements session.Session.
func (e *Engine) Complete(ctx context.Context, source string, cursor int) (session.Completion, error) {
	return assist.Complete(ctx, e.assistance(), source, cursor)
}

// Inspect implements session.Session.
func (e *Engine) Inspect(ctx context.Context, source string, cursor, detail int) (session.Inspection, error) {
	return assist.Inspect(ctx, e.assistance(), source, cursor, detail)
}

// IsComplete implements session.Session.
func (e *Engine) IsComplete(_ context.Context, source string) (session.Completeness, error) {
	return cell.IsComplete(source), nil
}

// importable lists what cells can import.
var importable = sync.OnceValue(func() []assist.Package {
	list := []assist.Package{{Path: display.Path, Name: "display"}}
	for _, path := range stdlib.Packages() {
		list = append(list, assist.Package{Path: path, Name: stdlib.Name(path)})
	}
	return list
})

func (e *Engine) assistance() *assist.Env {
	env := &assist.Env{Checker: lenient{e}, Packages: importable(), Importer: e.importer, Doc: e.doc}
	for _, m := range magicHelp {
		env.Magics = append(env.Magics, assist.Magic{Name: m.name, Help: m.help})
	}
	return env
}

func (e *Engine) doc(pkgPath, name string) string {
	switch pkgPath {
	case "main":
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.session.Doc(name)
	case display.Path:
		return display.Doc(name)
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
