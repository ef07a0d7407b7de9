package standin

import (
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/registry"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched/stacks"
	"github.com/gosched/gosched/kernel/sched/standard"
)

// A Library is what one session has in place of functions that are compiled.
type Library struct {
	World      *frame.World
	Intrinsics map[string]frame.NativeCall
	Virtuals   map[string]virtualCall // see virtual.go
	Streams    *standard.Streams
	files      *instead.Files[*frame.Thread]
	PipeFiles  pipeFiles

	helpers  sync.Map // *ssa.Function → true, of those that have called T.Helper
	standIns sync.Map // unsafe.Pointer, an intrinsic as a value → uintptr, code of what it stands for
	virtual  sync.Map // *testing.T → true, of tests in bubbles that are not their own

	redirected atomic.Pointer[string] // see NoteRedirected
}

// New returns the library of a session.
func New(w *frame.World) *Library {
	l := &Library{World: w, Streams: standard.New(here), Virtuals: virtualTable(), Intrinsics: map[string]frame.NativeCall{}}
	l.Streams.Through = func(out io.Writer) io.Writer { return frame.StackCleaner{Writer: out, World: w} }
	l.files = &instead.Files[*frame.Thread]{Streams: l.Streams, Read: read[*os.File], Write: write[*os.File], Appendf: fmt.Appendf}
	w.AnswersPanics = func() bool { return stacks.AnswersPanics(guardedCall) }
	for _, table := range []map[string]frame.NativeCall{
		intrinsicTable(), registrations(&registry.Registry{}), l.filesTable(), insteadTable(l.files), l.execTable(),
		reflectTable(), l.callersTable(), l.testingTable(), l.slogTable(), profilesTable(),
	} {
		maps.Copy(l.Intrinsics, table)
	}
	return l
}

// StoodIn remembers whose code a stand-in that is used as a value stands for, until
// it is forgotten.
func (l *Library) StoodIn(word unsafe.Pointer, code uintptr) { l.standIns.Store(word, code) }

// Forget is for what StoodIn was told.
func (l *Library) Forget(word any) { l.standIns.Delete(word) }

// LetGo lets go of what is known of functions of packages that are gone.
func (l *Library) LetGo(gone mention.Packages) {
	l.helpers.Range(func(fn, _ any) bool {
		if gone.Function(fn.(*ssa.Function)) {
			l.helpers.Delete(fn)
		}
		return true
	})
}

// IntrinsicMethod is intrinsic for a method found by reflection.
func (l *Library) IntrinsicMethod(rt reflect.Type, name string) frame.NativeCall {
	t, ptr := rt, ""
	if t.Kind() == reflect.Pointer {
		t, ptr = t.Elem(), "*"
	}
	if t.PkgPath() == "" {
		return nil
	}
	if f := l.Intrinsics["("+ptr+t.PkgPath()+"."+t.Name()+")."+name]; f != nil {
		return f
	}
	return nil
}
