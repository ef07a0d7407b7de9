package engine

import (
	"context"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	check "github.com/gosched/gosched/kernel/checks"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/facade"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/widgets"
)

// ownPackageList lists the packages of the kernel's own that cells can import.
var ownPackageList = sync.OnceValue(func() []*facade.Package {
	return []*facade.Package{display.Package(), widgets.Package(), check.Package()}
})

// bindOwn makes those packages for this session.
func (e *Engine) bindOwn() {
	e.own = make(map[string]*facade.Package)
	for _, p := range ownPackageList() {
		e.own[p.Path] = p
	}
	e.widgets = widgets.NewHub(widgets.Environment{Emitter: currentEmitter, External: e.external})
	e.bound = map[string]map[string]reflect.Value{
		display.Path: display.Bind(display.Environment{Emitter: emitter, Receive: e.receive}),
		widgets.Path: widgets.Bind(e.widgets),
		check.Path:   check.Bind(e.checks()),
	}
}

// receive calls each with what comes out of a channel, in a goroutine of the
// calling goroutine's cell.
func (e *Engine) receive(ch <-chan float64, each func(float64)) {
	g := sched.Current()
	if g == nil {
		return
	}
	at := sched.Place{Func: "a chart that follows a channel", Cell: g.Execution().Cell().Number}
	site := &sched.Site{Name: "its channel", Type: "<-chan float64"}
	sched.Go(g, at, "Chart.Follow", func(g *sched.G) {
		for {
			v, ok := sched.Recv(g, ch, at, site)
			if !ok {
				return
			}
			each(v)
		}
	})
}

// currentEmitter is what sends events to the cell of the goroutine that calls it;
// nil if that is of no cell.
func currentEmitter() func(session.Event) {
	if g := sched.Current(); g != nil {
		return g.Execution().Emit
	}
	return nil
}

// emitter is currentEmitter, with one that does nothing in nil's place.
func emitter() func(session.Event) {
	if emit := currentEmitter(); emit != nil {
		return emit
	}
	return func(session.Event) {}
}

// external says that people at the front end feed a channel.
func (e *Engine) external(ch any) {
	e.sched.MarkExternal(reflect.ValueOf(ch).UnsafePointer())
}

// Comm implements session.Session.
func (e *Engine) Comm(_ context.Context, m session.Comm) ([]session.Comm, error) {
	if answers, mine := e.panelComm(m); mine {
		return answers, nil
	}
	return e.widgets.Handle(m), nil
}

// importer adds to the compiled packages those of the kernel's own.
type importer struct {
	*stdlib.Importer
	fset    *token.FileSet
	own     map[string]*facade.Package
	modules *moduleSet

	mu       sync.Mutex
	declared map[string]*types.Package
}

func (i *importer) Import(path string) (*types.Package, error) {
	p, ok := i.own[path]
	if !ok && i.modules.has(path) {
		return i.modules.load(path)
	}
	if !ok {
		return i.Importer.Import(path)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if pkg := i.declared[path]; pkg != nil {
		return pkg, nil
	}
	pkg, err := p.Declare(i.fset, i.Importer)
	if err != nil {
		return nil, err
	}
	if i.declared == nil {
		i.declared = make(map[string]*types.Package)
	}
	i.declared[path] = pkg
	return pkg, nil
}

// ImportFrom implements types.ImporterFrom.
func (i *importer) ImportFrom(path, _ string, _ types.ImportMode) (*types.Package, error) {
	return i.Import(path)
}
