package goruntime

import (
	"errors"
	"unsafe"
)

// ChanSend sends the value at val on a channel, given by its word, and reports
// whether it was sent; nb says not to wait. It panics where the channel is
// closed.
//
//go:linkname ChanSend reflect.chansend0
func ChanSend(ch, val unsafe.Pointer, nb bool) (sent bool)

// ChanRecv receives into val, which may be nil; nb says not to wait. selected
// says that it did not have to, received that the value was sent.
//
//go:linkname ChanRecv reflect.chanrecv
func ChanRecv(ch unsafe.Pointer, nb bool, val unsafe.Pointer) (selected, received bool)

// A SelectCase has the layout of reflect.runtimeSelect.
type SelectCase struct {
	Dir       int
	_         unsafe.Pointer // the channel's type, not used
	Chan, Val unsafe.Pointer
}

// Values of SelectCase.Dir.
const (
	SelectSend = iota + 1
	SelectRecv
	SelectDefault
)

// Select carries out one of the cases and returns which, and for a receive
// whether the value was sent.
//
//go:linkname Select reflect.rselect
func Select(cases []SelectCase) (chosen int, ok bool)

// ChanWord returns the word that a channel consists of. C must be a channel type.
func ChanWord[C any](ch C) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&ch)) }

// ChanLen is len of the channel with word c, and ChanCap its cap: they do not
// depend on the type of its elements.
func ChanLen(c unsafe.Pointer) int { return len(*(*chan struct{})(unsafe.Pointer(&c))) }

// ChanCap is described at [ChanLen].
func ChanCap(c unsafe.Pointer) int { return cap(*(*chan struct{})(unsafe.Pointer(&c))) }

func checkChannels() error {
	ch := make(chan string, 1)
	c, in, out := ChanWord(ch), "text", ""
	if ChanLen(c) != 0 || ChanCap(c) != 1 || ChanLen(nil) != 0 || ChanCap(nil) != 0 {
		return errors.New("length and capacity")
	}
	if !ChanSend(c, unsafe.Pointer(&in), true) || ChanSend(c, unsafe.Pointer(&in), true) || ChanLen(c) != 1 {
		return errors.New("sending")
	}
	if selected, received := ChanRecv(c, true, unsafe.Pointer(&out)); !selected || !received || out != in {
		return errors.New("receiving")
	}
	if selected, _ := ChanRecv(c, true, unsafe.Pointer(&out)); selected {
		return errors.New("receiving what is not there")
	}
	in, out = "other", ""
	send := SelectCase{Dir: SelectSend, Chan: c, Val: unsafe.Pointer(&in)}
	recv := SelectCase{Dir: SelectRecv, Chan: c, Val: unsafe.Pointer(&out)}
	never := SelectCase{Dir: SelectRecv}
	if chosen, _ := Select([]SelectCase{never, recv, {Dir: SelectDefault}}); chosen != 2 {
		return errors.New("a select without a ready case")
	}
	if chosen, _ := Select([]SelectCase{never, send}); chosen != 1 || len(ch) != 1 {
		return errors.New("a select that sends")
	}
	if chosen, ok := Select([]SelectCase{recv, never}); chosen != 0 || !ok || out != in {
		return errors.New("a select that receives")
	}
	close(ch)
	if chosen, ok := Select([]SelectCase{never, recv}); chosen != 1 || ok || out != "" {
		return errors.New("a select on a closed channel")
	}
	return nil
}
