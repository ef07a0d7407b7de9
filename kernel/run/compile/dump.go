package compile

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
)

// Dump writes what a function is compiled to, for tests and maintainers: its
// frame, and for each block its closures, with the instructions in SSA form that
// they carry out and the place in this package where they are made. Instructions
// without a closure of their own are part of another: folded addresses, compared
// where the branch is.
func (tr *Translation) Dump(w io.Writer, fn *frame.Function) error {
	body := tr.body(fn)
	// A second one: compiling notes nothing that only a dump needs.
	again := &frame.Function{World: tr.links.World, SSA: body}
	c := tr.compiler(again, body)
	c.noted = map[*frame.Block][]string{}
	c.plan()
	again.Shape = c.l.Finish(&tr.shapes)
	c.bindConstants()
	made := c.generate()

	place := tr.links.World.Place(body, body.Pos())
	fmt.Fprintf(w, "%s%s\n", body.Name(), strings.TrimPrefix(body.Signature.String(), "func"))
	fmt.Fprintf(w, "%s; a frame of %d bytes\n", place.Where(), again.Shape.Type.Size())
	if n := nativeOf(fn); n != nil {
		fmt.Fprintf(w, "machine code: %s\n", n.state())
	}
	number := map[*frame.Block]string{}
	for _, b := range body.Blocks {
		number[c.blocks[b]] = fmt.Sprint("b", b.Index)
	}
	number[made.Recover] = "recover"
	for _, b := range body.Blocks {
		blk := c.blocks[b]
		if blk.Next == nil {
			continue // part of the block before it
		}
		fmt.Fprintf(w, "%s:\n", number[blk])
		for i, in := range blk.Code {
			fmt.Fprintf(w, "\t%-40s %s\n", c.noted[blk][i], maker(*(*unsafe.Pointer)(unsafe.Pointer(&in))))
		}
		fmt.Fprintf(w, "\t%-40s %s\n", b.Instrs[len(b.Instrs)-1], maker(*(*unsafe.Pointer)(unsafe.Pointer(&blk.Next))))
	}
	return nil
}

// state says whether there is machine code of a function, and at which blocks closures
// enter it.
func (n *native) state() string {
	code := n.code.Load()
	if code == nil {
		return "not yet"
	}
	var entered []string
	for i, at := range code.entries {
		if at != 0 {
			entered = append(entered, fmt.Sprint("b", i))
		}
	}
	if code.unit == nil || entered == nil {
		return "left to closures"
	}
	return "entered at " + strings.Join(entered, " ")
}

// noteOf is an instruction as SSA writes it, with the name of its value.
func noteOf(in ssa.Instruction) string {
	if v, ok := in.(ssa.Value); ok && v.Name() != "" {
		return v.Name() + " = " + in.String()
	}
	return in.String()
}

// maker names the function that has made a closure, and where its code stands.
func maker(closure unsafe.Pointer) string {
	f := runtime.FuncForPC(*(*uintptr)(closure))
	if f == nil {
		return "?"
	}
	file, line := f.FileLine(f.Entry())
	name := f.Name()
	name = name[strings.LastIndexByte(strings.Split(name, "[")[0], '/')+1:]
	name = strings.TrimPrefix(name, "compile.")
	return fmt.Sprintf("%s (%s:%d)", name, filepath.Base(file), line)
}
