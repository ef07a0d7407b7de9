package engine

import (
	"fmt"
	"io/fs"

	"github.com/gosched/gosched/kernel/goruntime"
)

// A Kind names what runs the cells of a session.
type Kind string

// The engines.
const (
	// Direct compiles cells to closures over native memory (package run).
	Direct Kind = "direct"
	// Yaegi has yaegi interpret them (package yaegi). It is slower, and needs no
	// knowledge of the Go runtime's inside.
	Yaegi Kind = "yaegi"
)

// Kinds lists the engines.
func Kinds() []Kind { return []Kind{Direct, Yaegi} }

// executors make what runs cells.
var executors = map[Kind]func(e *Engine, facts *goruntime.Facts) (Executor, error){
	Direct: newDirect,
	Yaegi:  newYaegi,
}

// Options say how to open a session.
type Options struct {
	// Kind is the engine; if empty, it is the direct one where that can run, and
	// yaegi where it cannot.
	Kind Kind
	// Facts are what holds of the Go runtime; if nil, they are checked.
	Facts *goruntime.Facts
	// History is the file that remembers the cells of all sessions, which the
	// kernel writes; empty if there is none.
	History string
	// Course has the notebooks whose tasks %hint and its like are for; or nil. Progress
	// is the file that keeps which of them are done; empty for none.
	Course   fs.FS
	Progress string
	// Class is the file in which a hub sums up what a class has done; empty for none.
	Class string

	// Dir is the folder in which a go.mod file is looked for, and above; if
	// empty, it is the working folder.
	Dir string
	// Format says that cells are formatted when they run, until %fmt off.
	Format bool
	// SparesGarbage says that the process is the session's, and that garbage which comes
	// fast is collected less often in it: see [pace.Pace.Spare].
	SparesGarbage bool
}

func (o Options) facts() *goruntime.Facts {
	if o.Facts == nil {
		return goruntime.Check()
	}
	return o.Facts
}

// A Choice is the engine of a session, and why it is that one.
type Choice struct {
	Kind Kind
	Why  string // a sentence
	// Fallback says that nobody asked for this engine: the usual one cannot run.
	Fallback bool
}

// choose decides which engine runs a session.
func (o Options) choose() (Choice, error) {
	switch o.Kind {
	case Direct:
		return Choice{Kind: Direct, Why: "It is the one that was asked for, and the usual one."}, nil
	case Yaegi:
		return Choice{Kind: Yaegi, Why: "It was asked for."}, nil
	case "":
		if err := o.facts().Direct(); err != nil {
			return Choice{Kind: Yaegi, Why: fmt.Sprintf("The direct engine cannot run here: %s", err), Fallback: true}, nil
		}
		return Choice{Kind: Direct, Why: "It is the usual one, and all that it relies on holds here."}, nil
	}
	return Choice{}, fmt.Errorf("there is no engine %q: there are %s and %s", o.Kind, Direct, Yaegi)
}

// Choice says which engine runs the session's cells.
func (e *Engine) Choice() Choice { return e.choice }
