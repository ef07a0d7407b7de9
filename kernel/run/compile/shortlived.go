package compile

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// The compiler keeps what a string is converted to on the stack where nothing
// else gets hold of it, in a buffer of 32 elements, which shows in its capacity.

// bufferLength is how many elements that buffer has.
const bufferLength = 32

// A sliceUse is what is done with a slice.
type sliceUse struct {
	kept    bool // others may get hold of it
	written bool // to its elements
}

// useOf follows a slice through its function.
func useOf(v ssa.Value) (u sliceUse) {
	seen := map[ssa.Value]bool{}
	var follow func(v ssa.Value)
	follow = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.IndexAddr:
				for _, r := range *ref.Referrers() {
					switch r := r.(type) {
					case *ssa.UnOp:
					case *ssa.Store:
						u.written = true
						u.kept = u.kept || r.Val == ref
					default:
						u.kept = true
					}
				}
			case *ssa.Slice:
				follow(ref)
			case *ssa.Phi:
				follow(ref)
			case *ssa.Convert: // to a string
			case *ssa.BinOp: // with nil
			case *ssa.DebugRef:
			case *ssa.Call:
				b, ok := ref.Call.Value.(*ssa.Builtin)
				if !ok {
					u.kept = true
					continue
				}
				switch b.Name() {
				case "len", "cap":
				case "copy":
					u.written = u.written || ref.Call.Args[0] == v
				case "append":
					if ref.Call.Args[0] == v {
						u.written = true
						follow(ref)
					}
				case "clear":
					u.written = true
				default:
					u.kept = true
				}
			case *ssa.UnOp:
				u.kept = u.kept || ref.Op != token.MUL
			default:
				u.kept = true
			}
		}
	}
	follow(v)
	return u
}

// runesOf generates []rune(s).
func runesOf(in ssa.Value, d, s uintptr) frame.Instr {
	if useOf(in).kept {
		return func(fr *frame.Frame) { *memory.At[[]rune](fr.Mem, d) = []rune(*memory.At[string](fr.Mem, s)) }
	}
	return func(fr *frame.Frame) {
		text := *memory.At[string](fr.Mem, s)
		if len(text) > 4*bufferLength {
			*memory.At[[]rune](fr.Mem, d) = []rune(text)
			return
		}
		runes := make([]rune, 0, bufferLength)
		for _, r := range text {
			runes = append(runes, r)
		}
		if len(runes) > bufferLength {
			runes = []rune(text)
		}
		*memory.At[[]rune](fr.Mem, d) = runes
	}
}

// bytesOf generates []byte(s).
func bytesOf(in ssa.Value, d, s uintptr) frame.Instr {
	use := useOf(in)
	switch {
	case use.kept:
		return func(fr *frame.Frame) { *memory.At[[]byte](fr.Mem, d) = []byte(*memory.At[string](fr.Mem, s)) }
	case !use.written: // the compiler does not even copy
		return func(fr *frame.Frame) {
			b := []byte(*memory.At[string](fr.Mem, s))
			*memory.At[[]byte](fr.Mem, d) = b[:len(b):len(b)]
		}
	}
	return func(fr *frame.Frame) {
		text := *memory.At[string](fr.Mem, s)
		if len(text) > bufferLength {
			*memory.At[[]byte](fr.Mem, d) = []byte(text)
			return
		}
		*memory.At[[]byte](fr.Mem, d) = append(make([]byte, 0, bufferLength), text...)
	}
}
