package instead

import (
	"fmt"
	"io"
	"log"
	"strings"
	"sync"
)

// Loggers say from which line they were called, if asked to. Compiled code
// would find the interpreter there.

const logFile = log.Lshortfile | log.Llongfile

// loggers are those that say so, each with a lock, since its own is out of reach.
type loggers struct{ locks sync.Map }

// output is l.Output: depth 1 is the call that the goroutine is at.
func (ls *loggers) output(c Caller, l *log.Logger, depth int, text string) error {
	flags, prefix := l.Flags(), l.Prefix()
	if flags&logFile == 0 {
		return l.Output(depth, text)
	}
	file, line, ok := c.Source(depth - 1)
	if !ok {
		file, line = "???", 0
	}
	if flags&log.Lshortfile != 0 {
		file = file[strings.LastIndexByte(file, '/')+1:]
	}
	// The place stands last in the header, but for a prefix that stands before
	// the message.
	where := fmt.Sprintf("%s:%d: ", file, line)
	if flags&log.Lmsgprefix != 0 {
		prefix = where + prefix
	} else {
		text = where + text
	}
	mu, _ := ls.locks.LoadOrStore(l, new(sync.Mutex))
	mu.(*sync.Mutex).Lock()
	defer mu.(*sync.Mutex).Unlock()
	return log.New(l.Writer(), prefix, flags&^logFile).Output(depth, text)
}

func logFunctions(appendf func(b []byte, format string, a ...any) []byte) map[string]any {
	ls := &loggers{}
	table := map[string]any{"(*log.Logger).Output": ls.output}
	table["log.Output"] = func(c Caller, depth int, text string) error { return ls.output(c, log.Default(), depth, text) }
	for name, then := range map[string]func(c Caller, text string){
		"Print": func(Caller, string) {},
		"Fatal": func(c Caller, _ string) { Exit(c, 1) },
		"Panic": func(_ Caller, text string) { panic(text) },
	} {
		say := func(c Caller, l *log.Logger, text func() string) {
			if name == "Print" && l.Writer() == io.Discard {
				return
			}
			s := text()
			_ = ls.output(c, l, 1, s)
			then(c, s)
		}
		for suffix, print := range map[string]func(a ...any) string{"": fmt.Sprint, "ln": fmt.Sprintln} {
			table["log."+name+suffix] = func(c Caller, a []any) { say(c, log.Default(), func() string { return print(a...) }) }
			table["(*log.Logger)."+name+suffix] = func(c Caller, l *log.Logger, a []any) { say(c, l, func() string { return print(a...) }) }
		}
		table["log."+name+"f"] = func(c Caller, format string, a []any) {
			say(c, log.Default(), func() string { return string(appendf(nil, format, a...)) })
		}
		table["(*log.Logger)."+name+"f"] = func(c Caller, l *log.Logger, format string, a []any) {
			say(c, l, func() string { return string(appendf(nil, format, a...)) })
		}
	}
	return table
}
