package sched

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Go does not say whether a timer is pending, nor which timer feeds a channel.
// Both are words in the runtime's own records. Where they are is found out at
// run time, from timers whose answers are known; a runtime in which they cannot
// be found costs only precision.
type timerLayout struct {
	when    uintptr // offset in time.Timer's record of the time it fires, or 0 if over
	channel uintptr // offset in a channel's record of the timer behind it
	ok      bool
}

const word = unsafe.Sizeof(uintptr(0))

var layout = sync.OnceValue(func() (l timerLayout) {
	if word != 8 {
		return l
	}
	// The records are at least this long: struct hchan and struct timer with
	// the two words that package time puts before it.
	const timerWords, chanWords = 8, 6

	f := time.AfterFunc(time.Hour, func() {})
	defer f.Stop()
	var before [timerWords]int64
	for i := range before {
		before[i] = atomic.LoadInt64((*int64)(unsafe.Add(unsafe.Pointer(f), uintptr(i)*word)))
	}
	f.Reset(2 * time.Hour)
	for i := range before {
		offset := uintptr(i) * word
		grown := readWord(unsafe.Pointer(f), offset) - before[i]
		if grown > int64(59*time.Minute) && grown < int64(61*time.Minute) {
			l.when = offset
		}
	}
	if l.when == 0 {
		return l
	}
	f.Stop()
	if readWord(unsafe.Pointer(f), l.when) != 0 {
		return l
	}

	t := time.NewTimer(time.Hour)
	defer t.Stop()
	c := ChanPointer(t.C)
	at := uintptr(unsafe.Pointer(t))
	for i := range chanWords {
		offset := uintptr(i) * word
		if p := uintptr(readWord(c, offset)); p >= at && p < at+l.when {
			l.channel = offset
			l.ok = p == at+2*word // see timerOfChannel
		}
	}
	plain := make(chan time.Time, 1)
	l.ok = l.ok && readWord(ChanPointer(plain), l.channel) == 0
	return l
})

func readWord(p unsafe.Pointer, offset uintptr) int64 {
	return atomic.LoadInt64((*int64)(unsafe.Add(p, offset)))
}

// timerPending reports whether t is still to fire; due is when it was last told
// to, for runtimes that cannot be asked.
func timerPending(t *time.Timer, due int64) bool {
	if l := layout(); l.ok {
		return readWord(unsafe.Pointer(t), l.when) != 0
	}
	return nanotime() < due+int64(time.Second)
}

// chanTimer reports whether a pending timer or ticker will send on a channel.
// typ is the channel's type, for runtimes that cannot be asked.
func chanTimer(c unsafe.Pointer, typ string) bool {
	l := layout()
	if !l.ok {
		return typ == "<-chan time.Time" || typ == "chan time.Time"
	}
	if c == nil {
		return false
	}
	// The record of the timer begins two words after time.Timer's.
	t := *(*unsafe.Pointer)(unsafe.Add(c, l.channel))
	return t != nil && readWord(t, l.when-2*word) != 0
}
