package compile

import (
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// startsTimer says of functions that start timers which send on a channel where that
// channel is found: in the result, or in the receiver. The duration is the last
// argument.
var startsTimer = map[string]struct {
	receiver bool
	channel  func(p unsafe.Pointer) <-chan time.Time
}{
	"time.After":           {false, func(p unsafe.Pointer) <-chan time.Time { return *(*<-chan time.Time)(p) }},
	"time.Tick":            {false, func(p unsafe.Pointer) <-chan time.Time { return *(*<-chan time.Time)(p) }},
	"time.NewTimer":        {false, channelOfTimer},
	"time.NewTicker":       {false, channelOfTicker},
	"(*time.Timer).Reset":  {true, channelOfTimer},
	"(*time.Ticker).Reset": {true, channelOfTicker},
}

func channelOfTimer(p unsafe.Pointer) <-chan time.Time { return (*(**time.Timer)(p)).C }

func channelOfTicker(p unsafe.Pointer) <-chan time.Time { return (*(**time.Ticker)(p)).C }

// observedTimer is called after the code of a call has been generated. If the call
// starts a timer that sends on a channel, that is told.
func (c *compiler) observedTimer(common *ssa.CallCommon, dst []frame.Slot) {
	fn := common.StaticCallee()
	if fn == nil {
		return
	}
	starts, ok := startsTimer[funcname.Full(fn)]
	if !ok {
		return
	}
	var in uintptr
	switch {
	case starts.receiver:
		in = c.off(common.Args[0])
	case len(dst) == 1:
		in = dst[0].Off
	default:
		return
	}
	d := c.off(common.Args[len(common.Args)-1])
	c.emit(func(fr *frame.Frame) {
		if g := fr.Thread.G; g.Observed() {
			g.StartsTimer(starts.channel(unsafe.Add(fr.Mem, in)), *memory.At[time.Duration](fr.Mem, d), fr)
		}
	})
}
