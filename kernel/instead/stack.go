package instead

import "runtime"

// What a program asks about goroutines is answered with the session's, and with the calls
// of its own code.
func (fs *Files[C]) stackFunctions() map[string]any {
	return map[string]any{
		"runtime.Goexit":       func(C) { runtime.Goexit() },
		"runtime.NumGoroutine": func(c C) int { return c.Goroutine().Scheduler().Count() },
		"runtime.Stack":        func(c C, buf []byte, all bool) int { return copy(buf, c.Stack(all)) },
		"runtime/debug.Stack":  func(c C) []byte { return []byte(c.Stack(false)) },
		"runtime/debug.PrintStack": func(c C) {
			_, _ = fs.WriteFile(c, fs.Streams.Err, []byte(c.Stack(false)))
		},
	}
}
