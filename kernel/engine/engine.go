package engine

import (
	"go/token"
	"go/types"
	"io"
	"log"
	"os"
	"path"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/engine/shell"
	"github.com/gosched/gosched/kernel/facade"
	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/vet"
	"github.com/gosched/gosched/kernel/widgets"
)

// An Engine is a session in this process. It implements [session.Engine].
type Engine struct {
	choice   Choice
	told     atomic.Bool // that it is not the usual one
	consoles atomic.Bool // have been explained
	fset     *token.FileSet
	importer *importer
	modules  *moduleSet
	sched    *sched.Scheduler
	program  *lower.Program
	executor Executor
	own      map[string]*facade.Package          // packages of the kernel's own, by path
	bound    map[string]map[string]reflect.Value // their functions
	widgets  *widgets.Hub
	panels   panels
	commands []command
	traces   traces
	shell    shell.Runner
	formats  atomic.Bool                     // every cell that is run
	seeds    atomic.Pointer[[]session.Match] // of the last exploration
	inputs   inputs
	history  string // the file of all sessions' cells, or nothing
	learner  *learner
	explored func(*explore.Table) // told of each exploration, for tests
	planned  *plan                // how much is explored, for tests

	races watchedRaces

	mu      sync.Mutex // the stages up to lower; never held while code runs
	session *check.Session
	vetter  *vet.Vetter
	globals map[*types.Var]*ssa.Global
	// uninitialised are packages run from source whose variables no cell has
	// initialised yet, in the order in which that is to be done.
	uninitialised []*ssa.Package
	sources       map[string]string // by file name in fset, for error messages
	running       map[*types.Package]bool
	units         map[weak.Pointer[ssa.Package]][]*cell.Cell // see remember
	lost          mention.Packages                           // of cells that did not come as far as to run
	warned        bool                                       // see warnMethods
	later         int                                        // packages that there were when sweep last looked

	cameFrom string // the working directory before the last %cd
}

var _ session.Engine = (*Engine)(nil)

// New returns a session in which nothing is declared, run by the direct engine.
func New() (*Engine, error) { return Open(Options{Kind: Direct}) }

// NewOn is [New] where facts holds of the Go runtime. Its error says in one
// sentence why this engine cannot run there.
func NewOn(facts *goruntime.Facts) (*Engine, error) {
	return Open(Options{Kind: Direct, Facts: facts})
}

// Open returns a session in which nothing is declared. It directs the standard
// logger, like whatever else is printed through it, to the cells that print.
func Open(o Options) (*Engine, error) {
	choice, err := o.choose()
	if err != nil {
		return nil, err
	}
	facts := o.facts()
	e := &Engine{
		choice:  choice,
		history: o.History,
		learner: newLearner(o.Course, o.Progress, o.Class),
		fset:    token.NewFileSet(),
		globals: map[*types.Var]*ssa.Global{},
		sources: map[string]string{},
		running: map[*types.Package]bool{},
		units:   map[weak.Pointer[ssa.Package]][]*cell.Cell{},
		lost:    mention.Packages{},
		vetter:  vet.New(),

		commands: commands(),
	}
	e.bindOwn()
	e.formats.Store(o.Format)
	std := stdlib.NewImporter(e.fset)
	e.modules = openModules(o.Dir, e.fset, std)
	e.importer = &importer{Importer: std, fset: e.fset, own: e.own, modules: e.modules}
	e.sched = sched.New(sched.Config{
		Facts: facts, Failure: e.panicked, Own: ownPackages(),
		HandsLocksOver: e.handsLocksOver,
		Here:           e.here,
	})
	e.program = lower.New(e.fset, std, e.modules.source)
	if err := e.program.KeepsAll(); err != nil {
		log.Printf("cells that are replaced stay in memory: %v", err)
	} else if choice.Kind == Direct && e.modules.loader != nil {
		e.modules.loader.CheckLate()
		if dir, err := modules.CacheDir(); err == nil {
			e.modules.loader.Keep(dir)
		} // else each session checks what it imports; doctor says why
	}
	e.session = check.New(check.Config{
		Fset:      e.fset,
		Importer:  e.importer,
		Resolve:   resolve,
		Packages:  packageNames,
		GoVersion: stdlib.GoVersion,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
	})
	x, err := executors[choice.Kind](e, facts)
	if err != nil {
		return nil, err
	}
	e.executor = x
	if p, ok := x.(pacer); ok && o.SparesGarbage {
		p.Pace().Spare()
	}
	var logs io.Writer = &sched.Writer{Err: true, Fallback: os.Stderr}
	if l, ok := x.(logger); ok {
		logs = l.Log(logs)
	}
	log.SetOutput(logs)
	return e, nil
}

// Fatal ends the process with a fatal error, reported as that of whichever
// goroutine of the session next does something.
func (e *Engine) Fatal(text string) { e.sched.Fatal(text) }

// Close stops every goroutine of the session.
func (e *Engine) Close() error {
	e.shell.Close()
	e.widgets.Close()
	e.sched.Close()
	return nil
}

// settleTime is how long goroutines may go on that have something to do when the
// session is about to end.
const settleTime = 100 * time.Millisecond

// Flush lets goroutines finish what the last cell has made them do, such as
// printing what it has sent them, and hands over what they have printed and what
// waits for more to go with it.
func (e *Engine) Flush() {
	e.sched.Settle(settleTime)
	e.sched.Flush()
}

// SetSubshells implements session.Session.
func (e *Engine) SetSubshells(n int) { e.sched.SetOpenSubshells(n) }

func (e *Engine) symbol(pkgPath, name string) (reflect.Value, bool) {
	if functions, ok := e.bound[pkgPath]; ok {
		v, ok := functions[name]
		return v, ok
	}
	s, ok := stdlib.Lookup(pkgPath, name)
	if !ok || !s.Value.IsValid() {
		return reflect.Value{}, false
	}
	return s.Value, true
}

func (e *Engine) namedType(pkgPath, name string) reflect.Type {
	if p, ok := e.own[pkgPath]; ok {
		return p.Types[name]
	}
	if strings.Contains(name, "[") {
		t, _ := stdlib.InstanceType(pkgPath + "." + name)
		return t
	}
	s, _ := stdlib.Lookup(pkgPath, name)
	return s.Type
}

// place translates a position to a cell's number and line, or to a line of the
// source of a package.
func (e *Engine) place(_ *ssa.Function, pos token.Pos) sched.Place {
	p := e.fset.Position(pos)
	if !strings.HasPrefix(p.Filename, cellPrefix) {
		return sched.Place{File: p.Filename, Line: p.Line}
	}
	return sched.Place{Cell: cellNumber(p.Filename), Line: p.Line}
}

const cellPrefix = "cell "

func cellNumber(file string) int {
	n, ok := strings.CutPrefix(file, cellPrefix)
	if !ok {
		return 0
	}
	i, _ := strconv.Atoi(n)
	return i
}

// ownPackages are those in which goroutines of cells run when they are in no
// compiled code.
func ownPackages() []string {
	this := path.Dir(reflect.TypeFor[Engine]().PkgPath())
	var paths []string
	for _, name := range []string{"run", "jit", "sched", "goruntime", "rtype"} {
		paths = append(paths, this+"/"+name)
	}
	return paths
}
