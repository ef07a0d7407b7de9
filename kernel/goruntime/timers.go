package goruntime

import (
	"errors"
	"sync/atomic"
	"time"
	"unsafe"
)

// Go does not say whether a timer is pending, nor which timer feeds a channel.
// Both are words in the runtime's own records. Where they are is found out from
// timers whose answers are known.
type timerLayout struct {
	when    uintptr // offset in time.Timer's record of the time it fires, or 0 if over
	channel uintptr // offset in a channel's record of the timer behind it
	ok      bool
}

var timerWords = findTimerWords()

func findTimerWords() (l timerLayout) {
	if word != 8 {
		return l
	}
	// The records are at least this long: struct hchan and struct timer with
	// the two words that package time puts before it.
	const timerLen, chanLen = 8, 6

	f := time.AfterFunc(time.Hour, func() {})
	defer f.Stop()
	var before [timerLen]int64
	for i := range before {
		before[i] = readWord(unsafe.Pointer(f), uintptr(i)*word)
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
	at := uintptr(unsafe.Pointer(t))
	for i := range chanLen {
		offset := uintptr(i) * word
		if p := uintptr(readWord(ChanWord(t.C), offset)); p >= at && p < at+l.when {
			l.channel = offset
			l.ok = p == at+2*word // see ChanTimer
		}
	}
	plain := make(chan time.Time, 1)
	l.ok = l.ok && readWord(ChanWord(plain), l.channel) == 0
	return l
}

func readWord(p unsafe.Pointer, offset uintptr) int64 {
	return atomic.LoadInt64((*int64)(unsafe.Add(p, offset)))
}

// TimerPending reports whether t is still to fire.
func TimerPending(t *time.Timer) bool {
	return readWord(unsafe.Pointer(t), timerWords.when) != 0
}

// ChanTimer reports whether a pending timer or ticker will send on a channel,
// given by its word.
func ChanTimer(c unsafe.Pointer) bool {
	if c == nil {
		return false
	}
	// The record of the timer begins two words after time.Timer's.
	t := *(*unsafe.Pointer)(unsafe.Add(c, timerWords.channel))
	return t != nil && readWord(t, timerWords.when-2*word) != 0
}

func checkTimers() error {
	if !timerWords.ok {
		return errors.New("they are not found")
	}
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	f := time.AfterFunc(time.Hour, func() {})
	defer f.Stop()
	if !ChanTimer(ChanWord(ticker.C)) || !TimerPending(f) || ChanTimer(ChanWord(make(chan time.Time))) {
		return errors.New("a timer that is to fire")
	}
	ticker.Stop()
	f.Stop()
	if ChanTimer(ChanWord(ticker.C)) || TimerPending(f) {
		return errors.New("a timer that was stopped")
	}
	return nil
}
