package instead

import (
	"fmt"
	"io"
	"os"

	"github.com/gosched/gosched/kernel/sched/standard"
)

// Files says how an engine reads and writes files: what functions of packages fmt and os
// do is done to what os.Stdout and os.Stdin are when they are called, which a program may
// have assigned, and the standard streams lead to the cell.
type Files[C Caller] struct {
	Streams *standard.Streams
	// Read and Write are the methods of a file that is none of the standard streams.
	Read, Write func(c C, f *os.File, b []byte) (int, error)
	// Appendf is fmt.Appendf, as the engine has it.
	Appendf func(b []byte, format string, a ...any) []byte
}

func (fs *Files[C]) functions() map[string]any {
	return map[string]any{
		"fmt.Print":   func(c C, a []any) (int, error) { return fs.print(c, fmt.Append(nil, a...)) },
		"fmt.Println": func(c C, a []any) (int, error) { return fs.print(c, fmt.Appendln(nil, a...)) },
		"fmt.Printf": func(c C, format string, a []any) (int, error) {
			return fs.print(c, fs.Appendf(nil, format, a...))
		},
		"fmt.Scan":               func(c C, a []any) (int, error) { return fmt.Fscan(fs.input(c), a...) },
		"fmt.Scanln":             func(c C, a []any) (int, error) { return fmt.Fscanln(fs.input(c), a...) },
		"fmt.Scanf":              func(c C, format string, a []any) (int, error) { return fmt.Fscanf(fs.input(c), format, a...) },
		"(*os.File).Read":        fs.read,
		"(*os.File).Write":       fs.WriteFile,
		"(*os.File).WriteString": func(c C, f *os.File, s string) (int, error) { return fs.WriteFile(c, f, []byte(s)) },
	}
}

func (fs *Files[C]) read(c C, f *os.File, b []byte) (int, error) {
	if st := fs.Streams.Stream(f); st != nil {
		return st.Read(b)
	}
	return fs.Read(c, f, b)
}

// WriteFile is f.Write.
func (fs *Files[C]) WriteFile(c C, f *os.File, b []byte) (int, error) {
	if st := fs.Streams.Stream(f); st != nil {
		return st.Write(b)
	}
	return fs.Write(c, f, b)
}

// print writes to os.Stdout.
func (fs *Files[C]) print(c C, b []byte) (int, error) {
	if f := os.Stdout; f != fs.Streams.Out {
		return fs.WriteFile(c, f, b)
	}
	c.Goroutine().Print(b)
	return len(b), nil
}

// input is what os.Stdin leads to.
func (fs *Files[C]) input(c C) io.Reader {
	if f := os.Stdin; f != fs.Streams.In {
		return reader(func(b []byte) (int, error) { return fs.Read(c, f, b) })
	}
	return fs.Streams.Stdin
}

// A reader is a function that reads.
type reader func(b []byte) (int, error)

func (r reader) Read(b []byte) (int, error) { return r(b) }
