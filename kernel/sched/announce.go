package sched

import (
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/session"
)

// announceTime is how long an announcement is for.
const announceTime = 2 * time.Second

// Announce has the runtime's report of a fatal error say where g is, if the
// process ends for what g does next: the parts follow the name of its cell.
func (g *G) Announce(parts []string) {
	usual := g.exec.labels
	said := newLabel(strings.Join(append([]string{usual.Value}, parts...), session.CallSeparator))
	g.labels.set(said)
	time.AfterFunc(announceTime, func() {
		atomic.CompareAndSwapPointer((*unsafe.Pointer)(unsafe.Pointer(&g.labels.List)), unsafe.Pointer(said), unsafe.Pointer(usual))
	})
}
