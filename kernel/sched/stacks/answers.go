package stacks

import (
	"runtime"
	"strings"
)

// AnswersPanics reports whether compiled code further up on this goroutine's
// stack, which belongs to a library, recovers panics of the functions that it
// calls, so that they are best left to it. Also is the end of the name of one more
// function that does so, if any.
func AnswersPanics(also string) bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "net/http.(*conn).serve") ||
			strings.HasPrefix(f.Function, "golang.org/x/sync/singleflight.") ||
			also != "" && strings.HasSuffix(f.Function, also) {
			return true
		}
		if !more {
			return false
		}
	}
}
