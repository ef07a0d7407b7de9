package sched

import (
	"io"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// PipeRead is r.Read(b) for g. Stopping g while it waits takes nothing from the
// writer.
func (g *G) PipeRead(r *io.PipeReader, b []byte, at Stack, site *Site) (n int, err error) {
	if r == nil || !g.exec.s.known.pipes {
		return r.Read(b)
	}
	p := goruntime.PipeReader(r)
	select {
	case <-p.Done:
		return r.Read(b) // which says why
	default:
	}
	stop := g.Block(&Wait{Kind: wait.PipeRead, Object: unsafe.Pointer(r), Site: site, At: at})
	select {
	case from := <-p.Writes:
		g.Unblock()
		n = copy(b, from)
		p.Read <- n
		return n, nil
	case <-p.Done:
		g.Unblock()
		return r.Read(b)
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
	return 0, nil
}

// PipeWrite is w.Write(b) for g. If g is stopped while it waits, readers have
// had a part of b.
func (g *G) PipeWrite(w *io.PipeWriter, b []byte, at Stack, site *Site) (n int, err error) {
	if w == nil || !g.exec.s.known.pipes {
		return w.Write(b)
	}
	p := goruntime.PipeWriter(w)
	select {
	case <-p.Done:
		return w.Write(b) // which says why
	default:
	}
	g.Lock(p.Lock, at, site)
	defer g.Unlock(p.Lock)
	for once := true; once || len(b) > 0; once = false {
		stop := g.Block(&Wait{Kind: wait.PipeWrite, Object: unsafe.Pointer(w), Site: site, At: at})
		select {
		case p.Writes <- b:
			g.Unblock()
			had := <-p.Read
			b = b[had:]
			n += had
		case <-p.Done:
			g.Unblock()
			_, err = w.Write(nil)
			return n, err
		case <-stop:
			g.Unblock()
			g.Unwind()
		}
	}
	return n, nil
}
