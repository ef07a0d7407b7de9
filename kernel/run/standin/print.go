package standin

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unsafe"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
)

// printTable lists the stand-ins for package fmt's functions on the standard
// streams. They use what os.Stdout and os.Stdin are when they are called, which
// a program may have assigned.
func (l *Library) printTable() map[string]frame.NativeCall {
	print := func(format func(args []unsafe.Pointer) []byte) frame.NativeCall {
		return func(t *frame.Thread, args, res []unsafe.Pointer) {
			n, err := l.print(t, format(args))
			set(res, 0, n)
			set(res, 1, err)
		}
	}
	scan := func(scan func(r io.Reader, args []unsafe.Pointer) (int, error)) frame.NativeCall {
		return func(t *frame.Thread, args, res []unsafe.Pointer) {
			n, err := scan(l.input(t), args)
			set(res, 0, n)
			set(res, 1, err)
		}
	}
	return map[string]frame.NativeCall{
		"fmt.Print":   print(func(args []unsafe.Pointer) []byte { return fmt.Append(nil, arg[[]any](args[0])...) }),
		"fmt.Println": print(func(args []unsafe.Pointer) []byte { return fmt.Appendln(nil, arg[[]any](args[0])...) }),
		"fmt.Printf": print(func(args []unsafe.Pointer) []byte {
			return fmt.Appendf(nil, arg[string](args[0]), arg[[]any](args[1])...)
		}),
		"fmt.Scan": scan(func(r io.Reader, args []unsafe.Pointer) (int, error) {
			return fmt.Fscan(r, arg[[]any](args[0])...)
		}),
		"fmt.Scanln": scan(func(r io.Reader, args []unsafe.Pointer) (int, error) {
			return fmt.Fscanln(r, arg[[]any](args[0])...)
		}),
		"fmt.Scanf": scan(func(r io.Reader, args []unsafe.Pointer) (int, error) {
			return fmt.Fscanf(r, arg[string](args[0]), arg[[]any](args[1])...)
		}),
	}
}

// print writes to os.Stdout.
func (l *Library) print(t *frame.Thread, b []byte) (int, error) {
	if f := os.Stdout; f != l.Streams.Out {
		return l.writeFile(t, f, b)
	}
	t.G.Print(b)
	return len(b), nil
}

// input is what os.Stdin leads to.
func (l *Library) input(t *frame.Thread) io.Reader {
	if f := os.Stdin; f != l.Streams.In {
		return fileReader{t, f}
	}
	return l.Streams.Stdin
}

// A fileReader reads a file in a way that can be stopped.
type fileReader struct {
	t *frame.Thread
	f *os.File
}

func (r fileReader) Read(b []byte) (int, error) { return read(r.t, r.f, b) }

// NoteRedirected tells people whose cell has assigned a standard stream another
// file, once, since what they print may then be nowhere to be seen.
func (l *Library) NoteRedirected(g *sched.G) {
	var names []string
	for _, s := range []struct {
		name     string
		now, own *os.File
	}{{"os.Stdout", os.Stdout, l.Streams.Out}, {"os.Stderr", os.Stderr, l.Streams.Err}, {"os.Stdin", os.Stdin, l.Streams.In}} {
		if s.now != s.own {
			names = append(names, s.name)
		}
	}
	text := strings.Join(names, " and ")
	if before := l.redirected.Swap(&text); len(names) > 0 && (before == nil || *before != text) {
		_, _ = fmt.Fprintf(sched.Stderr(g), "note: since this cell, %s is another file, and cells use that. Assign it what it was before to undo this.\n", text)
	}
}
