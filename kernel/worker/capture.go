package worker

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"
)

const (
	// keptReport is how much of the beginning and of the end of a child's
	// standard error is kept for the explanation of its death, in bytes.
	keptReport = 64 << 10
	// probeEvery is how often a child is asked whether it lives, while what
	// looks like the beginning of Go's report of a fatal error is held back.
	probeEvery = 250 * time.Millisecond
	// reportTime is how long a child may go on writing a report: with many
	// goroutines that takes minutes, and what matters stands at its beginning.
	reportTime = 2 * time.Second
	// holdTime is how long anything is held back.
	holdTime = 15 * time.Second
)

// reportBeginnings are how lines begin that the runtime writes when it gives
// up.
var reportBeginnings = []string{
	"fatal error: ", "panic: ", "runtime: ", "fatal: ", "SIGSEGV", "SIGBUS",
	"SIGABRT", "SIGQUIT", "SIGILL", "SIGFPE", "SIGTRAP", "SIGSYS",
	"unexpected fault address", "[signal ", "runtime/cgo: ",
}

// A capture reads what the child writes to descriptor 1 or 2, as it comes.
type capture struct {
	f   *os.File
	fd  int
	raw syscall.RawConn
	// ready waits until text may be given away. It is called without the lock.
	ready func()
	// give takes text and does not wait.
	give func(text string)
	// For descriptor 2, where reports come: probe asks the child whether it
	// lives, and what looks like a report is held back until it says so by a
	// call of alive; finishOff ends a child that has reported enough. Neither
	// waits.
	probe     func(id uint64)
	finishOff func()

	mu        sync.Mutex
	buf       []byte
	closed    bool
	rest      []byte // an unfinished rune
	held      []byte // a report, or nil; up to keptReport of it
	heldExtra int    // bytes of it not in held
	heldSince time.Time
	asked     uint64 // the latest probe
	timer     *time.Timer
	tail      []byte // the last keptReport bytes and more
}

func newCapture(f *os.File, ready func(), give func(string)) (*capture, error) {
	p := &capture{f: f, ready: ready, give: give, buf: make([]byte, 32<<10)}
	var err error
	if p.raw, err = f.SyscallConn(); err != nil {
		return nil, err
	}
	err = p.raw.Control(func(fd uintptr) { p.fd = int(fd) })
	return p, err
}

// holdReports makes the capture hold back what looks like a fatal report.
func (p *capture) holdReports(probe func(id uint64), finishOff func()) {
	p.probe, p.finishOff = probe, finishOff
}

// pump reads until the end of the pipe.
func (p *capture) pump() {
	for {
		p.ready()
		more := false
		err := p.raw.Read(func(uintptr) bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			var again bool
			more, again = p.readSome()
			return !again
		})
		if err != nil || !more {
			return
		}
	}
}

// readSome reads once, without waiting. more is unset at the end of the pipe;
// again says that there is nothing to read yet.
func (p *capture) readSome() (more, again bool) {
	if p.closed {
		return false, false
	}
	for {
		n, err := syscall.Read(p.fd, p.buf)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return true, true
		case err != nil || n <= 0:
			return false, false
		}
		p.take(p.buf[:n])
		return true, false
	}
}

// drain takes what has already been written to the pipe, so that it comes
// before whatever follows. It reads no more than about a pipe's fill.
func (p *capture) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range 8 {
		if more, again := p.readSome(); !more || again {
			break
		}
	}
	if len(p.rest) > 0 {
		p.give(string(p.rest))
		p.rest = nil
	}
}

// take notes and gives away what was read, but for what may be a report.
func (p *capture) take(b []byte) {
	if p.probe != nil {
		p.tail = append(p.tail, b...)
		if n := len(p.tail); n > 2*keptReport {
			p.tail = p.tail[:copy(p.tail, p.tail[n-keptReport:])]
		}
		if p.held != nil {
			p.keep(b)
			return
		}
		if i := reportStart(b); i >= 0 {
			p.pass(b[:i])
			p.held = make([]byte, 0, 4<<10)
			p.heldSince = time.Now()
			p.timer = time.AfterFunc(probeEvery, p.wonder)
			p.keep(b[i:])
			return
		}
	}
	p.pass(b)
}

// reportStart finds where in b a line begins that looks like Go's report, or
// may turn out to; -1 if none does. The runtime begins a report with a write of
// its own, so b's beginning counts, whatever came before.
func reportStart(b []byte) int {
	for start := 0; start < len(b); {
		line := b[start:]
		end := bytes.IndexByte(line, '\n')
		if end >= 0 {
			line = line[:end]
		}
		for _, begin := range reportBeginnings {
			if bytes.HasPrefix(line, []byte(begin)) || end < 0 && strings.HasPrefix(begin, string(line)) {
				return start
			}
		}
		if end < 0 {
			break
		}
		start += end + 1
	}
	return -1
}

func (p *capture) keep(b []byte) {
	n := min(len(b), keptReport-len(p.held))
	p.held = append(p.held, b[:n]...)
	p.heldExtra += len(b) - n
}

// wonder asks whether the child that seems to report its end is alive, until it
// is clear. A child that dies of a fatal error answers nothing from soon after
// the report's first line, so one that answers later has merely written, or
// passed on, what looks like a report.
func (p *capture) wonder() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil || p.closed {
		return
	}
	long := time.Since(p.heldSince)
	switch {
	case long > reportTime && complete(p.held):
		p.finishOff()
	case long > holdTime:
		p.letGo()
		return
	default:
		p.asked++
		p.probe(p.asked)
	}
	p.timer.Reset(probeEvery)
}

// complete says whether a report has its message and a goroutine.
func complete(report []byte) bool {
	if fatalMessage(string(report)) == "" {
		return false
	}
	for line := range strings.Lines(string(report)) {
		if goroutineHeader.MatchString(line) {
			return true
		}
	}
	return false
}

// reporting says whether something is held back that may be a report.
func (p *capture) reporting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held != nil
}

// alive is the answer to a probe.
func (p *capture) alive(id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil && id == p.asked && !p.closed {
		p.letGo()
	}
}

// letGo gives away what was held back: it was no report.
func (p *capture) letGo() {
	p.timer.Stop()
	b, extra := p.held, p.heldExtra
	p.held, p.heldExtra = nil, 0
	p.asked++ // an answer that is still under way is too old
	p.pass(b)
	if extra > 0 {
		p.pass([]byte("\n… (a long report was cut)\n"))
	}
}

// pass gives text away in whole runes.
func (p *capture) pass(b []byte) {
	if len(b) == 0 {
		return
	}
	if len(p.rest) > 0 {
		b = append(p.rest, b...)
		p.rest = nil
	}
	if n := unfinished(b); n > 0 {
		p.rest = bytes.Clone(b[len(b)-n:])
		b = b[:len(b)-n]
	}
	if len(b) > 0 {
		p.give(string(b))
	}
}

// unfinished is how many bytes at the end of b begin a rune that more bytes
// could complete.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// finish reads what is left after the child's death, closes the pipe, and
// returns what the explanation needs: the report, if there is one, or the end
// of everything.
func (p *capture) finish() (report, tail string) {
	p.drain()
	p.mu.Lock()
	if p.timer != nil {
		p.timer.Stop()
	}
	p.closed = true
	report = string(p.held)
	if n := len(p.tail) - keptReport; n > 0 {
		p.tail = p.tail[n:]
	}
	tail = string(p.tail)
	p.mu.Unlock()
	_ = p.f.Close()
	return report, tail
}
