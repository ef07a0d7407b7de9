package compile

import (
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// What a goroutine waits for may be an element: forks[i], t.seats[2].mu. Which
// one, its frame can tell while it waits. Values may have got another one's slot
// by then, so what the slots say is held against what the goroutine waits for.

// A namer names a value of a frame that waits, given the value's first word.
type namer func(fr *frame.Frame, word unsafe.Pointer) string

// element returns what gives the elements in the name of v their indexes, or nil
// where there are none.
func (c *compiler) element(v ssa.Value) func(sched.Stack, unsafe.Pointer) string {
	static := c.names.Of(v)
	if !strings.Contains(static, operand.UnknownIndex) {
		return nil
	}
	name, fn := c.namer(v), c.fn
	return func(at sched.Stack, object unsafe.Pointer) string {
		fr, ok := at.(*frame.Frame)
		if !ok || fr == nil || fr.Fn != fn {
			return static
		}
		return name(fr, object)
	}
}

func (c *compiler) namer(v ssa.Value) namer {
	static := c.names.Of(v)
	fixed := func(*frame.Frame, unsafe.Pointer) string { return static }
	if !strings.Contains(static, operand.UnknownIndex) {
		return fixed
	}
	switch v := v.(type) {
	case *ssa.ChangeType:
		return c.namer(v.X)
	case *ssa.Extract:
		return c.namer(v.Tuple)
	case *ssa.FieldAddr, *ssa.IndexAddr:
		if p := c.path(v); p != nil {
			return func(fr *frame.Frame, address unsafe.Pointer) string {
				if name, ok := p.name(fr, address); ok {
					return name
				}
				return static
			}
		}
	case *ssa.UnOp:
		if p := c.path(v.X); p != nil {
			return func(fr *frame.Frame, word unsafe.Pointer) string {
				if address, ok := p.address(fr); ok && *(*unsafe.Pointer)(address) == word {
					if name, ok := p.name(fr, address); ok {
						return name
					}
				}
				return static
			}
		}
	case *ssa.Lookup:
		m, key := c.slots[v.X], c.key(v.Index)
		if m != nil && key != nil {
			name, at := c.namer(v.X), m.Off
			return func(fr *frame.Frame, _ unsafe.Pointer) string {
				return name(fr, *(*unsafe.Pointer)(unsafe.Add(fr.Mem, at))) + "[" + key(fr) + "]"
			}
		}
	}
	return fixed
}

// key writes a map's key as in the source. A map cannot be looked into while
// others may write to it, so the slot must be the key's own.
func (c *compiler) key(v ssa.Value) func(fr *frame.Frame) string {
	s := c.slots[v]
	if s == nil {
		return nil
	}
	for w, other := range c.slots {
		if other == s && w != v {
			return nil
		}
	}
	typ, off := s.Layout.Type, s.Off
	switch k := typ.Kind(); {
	case k == reflect.String:
		return func(fr *frame.Frame) string { return strconv.Quote(*memory.At[string](fr.Mem, off)) }
	case k == reflect.Bool:
		return func(fr *frame.Frame) string { return strconv.FormatBool(*memory.At[bool](fr.Mem, off)) }
	case k >= reflect.Int && k <= reflect.Int64:
		return func(fr *frame.Frame) string {
			return strconv.FormatInt(reflect.NewAt(typ, unsafe.Add(fr.Mem, off)).Elem().Int(), 10)
		}
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return func(fr *frame.Frame) string {
			return strconv.FormatUint(reflect.NewAt(typ, unsafe.Add(fr.Mem, off)).Elem().Uint(), 10)
		}
	}
	return nil
}

// A path leads from a pointer or a slice to a place in what that points to.
type path struct {
	root  func(fr *frame.Frame) (p unsafe.Pointer, length int)
	named namer // of the root
	steps []step
}

// A step goes to a field, or to an element if index is not nil.
type step struct {
	field string
	off   uintptr

	index  func(fr *frame.Frame) int64
	size   uintptr // of an element
	length int64   // or anySlice
}

const anySlice = -1 // the length is the root's

// path returns how an address is computed, or nil where it cannot be told.
func (c *compiler) path(v ssa.Value) *path {
	p := new(path)
	for p.root == nil {
		switch x := v.(type) {
		case *ssa.FieldAddr:
			p.steps = append(p.steps, step{field: operand.FieldName(x), off: c.fieldOffset(x.X.Type(), x.Field)})
			v = x.X
		case *ssa.IndexAddr:
			s := step{size: c.memory(link.ElemOf(x.Type())).Size}
			if c.slots[x.Index] == nil || s.size == 0 {
				return nil
			}
			s.index = c.indexOperand(x.Index)
			v = x.X
			if _, ok := v.Type().Underlying().(*types.Slice); !ok {
				s.length = arrayLen(v.Type())
				p.steps = append(p.steps, s)
				continue
			}
			s.length = anySlice
			p.steps = append(p.steps, s)
			if c.slots[v] == nil {
				return nil
			}
			off := c.off(v)
			p.root = func(fr *frame.Frame) (unsafe.Pointer, int) {
				h := *memory.At[[]byte](fr.Mem, off)
				return unsafe.Pointer(unsafe.SliceData(h)), len(h)
			}
		default:
			if p.root = c.pointer(v); p.root == nil {
				return nil
			}
		}
	}
	slices.Reverse(p.steps)
	p.named = c.namer(v)
	return p
}

// pointer returns what reads a pointer that is not computed from another one.
func (c *compiler) pointer(v ssa.Value) func(fr *frame.Frame) (unsafe.Pointer, int) {
	if g, ok := v.(*ssa.Global); ok {
		p := c.links.Global(g)
		return func(*frame.Frame) (unsafe.Pointer, int) { return p, 0 }
	}
	if a := c.addrs[v]; a != nil {
		if !a.constantAddr() {
			return nil
		}
		off := a.region.Off + a.off
		return func(fr *frame.Frame) (unsafe.Pointer, int) { return unsafe.Add(fr.Mem, off), 0 }
	}
	if c.slots[v] == nil {
		return nil
	}
	off := c.off(v)
	return func(fr *frame.Frame) (unsafe.Pointer, int) { return *memory.At[unsafe.Pointer](fr.Mem, off), 0 }
}

// address is where the path leads with the indexes that the slots have now.
func (p *path) address(fr *frame.Frame) (unsafe.Pointer, bool) {
	address, n := p.root(fr)
	if address == nil {
		return nil, false
	}
	for i := range p.steps {
		s := &p.steps[i]
		if s.index == nil {
			address = unsafe.Add(address, s.off)
			continue
		}
		i := s.index(fr)
		if uint64(i) >= uint64(s.bound(n)) {
			return nil, false
		}
		address = unsafe.Add(address, uintptr(i)*s.size)
	}
	return address, true
}

// name is the name of the place at an address, which says what the indexes are.
// It reports false if the path does not lead there from the root as it is now.
func (p *path) name(fr *frame.Frame, address unsafe.Pointer) (name string, ok bool) {
	root, n := p.root(fr)
	if root == nil || uintptr(address) < uintptr(root) {
		return "", false
	}
	name = p.named(fr, root)
	rest := uintptr(address) - uintptr(root)
	for i := range p.steps {
		s := &p.steps[i]
		if s.index == nil {
			if rest < s.off {
				return "", false
			}
			rest -= s.off
			if name += "." + s.field; strings.HasPrefix(name, ".") {
				name = s.field
			}
			continue
		}
		index := rest / s.size
		if uint64(index) >= uint64(s.bound(n)) {
			return "", false
		}
		rest %= s.size
		name += "[" + strconv.FormatUint(uint64(index), 10) + "]"
	}
	return name, rest == 0
}

func (s *step) bound(root int) int64 {
	if s.length == anySlice {
		return int64(root)
	}
	return s.length
}
