package operand_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/lower/operand"
)

const source = `import (
	"context"
	"sync"
)

type hub struct {
	mu   sync.Mutex
	in   chan string
	many [3]chan int
}

type named chan struct{}

var session = make(chan bool)

func open() chan int { return nil }

func (*hub) out() chan int { return nil }

func keep(*chan int) {}

type opener interface{ Open() chan int }

func f(param chan int, h *hub, o opener, byName map[string]chan int, ctx context.Context) {
	local := make(chan int)
	assigned := open()
	var declared = open()
	list := []chan int{local}
	%s
	_, _, _, _ = local, assigned, declared, list
}
`

// Of names the operand of the receive or send in f as the source does.
func TestOf(t *testing.T) {
	for _, tt := range []struct{ statement, name, typ string }{
		{"<-param", "param", "chan int"},
		{"<-session", "session", "chan bool"},
		{"<-local", "local", "chan int"},
		{"<-assigned", "open()", "chan int"},
		{"<-declared", "open()", "chan int"},
		{"func() { <-local }()", "local", "chan int"},
		{"if list != nil { local = param }; <-local", "local", "chan int"},
		{"h.in <- \"\"", "h.in", "chan string"},
		{"<-h.many[len(list)]", "h.many[…]", "chan int"},
		{"<-list[len(list)-1]", "list[…]", "chan int"},
		{"<-byName[\"a\"]", "byName[…]", "chan int"},
		{"x, _ := byName[\"a\"]; <-x", "byName[…]", "chan int"},
		{"<-open()", "open()", "chan int"},
		{"<-o.Open()", "o.Open()", "chan int"},
		{"<-ctx.Done()", "ctx.Done()", "<-chan struct{}"},
		{"<-context.TODO().Done()", "context.TODO().Done()", "<-chan struct{}"},
		{"<-make(chan int)", "", "chan int"},
		{"<-struct{ c chan int }{local}.c", "c", "chan int"},
		{"<-named(nil)", "", "main.named"},
		{"n := make(named); <-n", "n", "main.named"},
		{"keep(&local); <-local", "local", "chan int"},
		{"moved := open(); keep(&moved); <-moved", "moved", "chan int"},
		{"var _, two = 1, (open()); keep(&two); <-two", "two", "chan int"},
		{"_ = open(); <-(<-chan int)(local)", "local", "<-chan int"},
		{"<-*new(chan int)", "", "chan int"},
		{"<-[...]chan int{local}[len(list)]", "", "chan int"},
		{"<-map[int]chan int{}[1]", "", "chan int"},
		{"<-hub{}.in", "in", "chan string"},
		{"(&hub{}).in <- \"\"", "in", "chan string"},
		{"func() chan int { return nil }() <- 1", "", "chan int"},
		{"<-h.out()", "out()", "chan int"},
	} {
		t.Run(tt.statement, func(t *testing.T) {
			s := snippet.Build(t, fmt.Sprintf(source, tt.statement))
			fn := s.Pkg.Func("f")
			for _, fn := range append([]*ssa.Function{fn}, fn.AnonFuncs...) {
				if v := communicated(fn); v != nil {
					if name, typ := operand.In(fn).Of(v), operand.Type(v); name != tt.name || typ != tt.typ {
						t.Errorf("%q of type %q, want %q of type %q", name, typ, tt.name, tt.typ)
					}
					return
				}
			}
			t.Error("there is nothing sent or received")
		})
	}
}

// communicated is the channel of a function's send or receive.
func communicated(fn *ssa.Function) ssa.Value {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Send:
				return i.Chan
			case *ssa.UnOp:
				if i.Op.String() == "<-" {
					return i.X
				}
			}
		}
	}
	return nil
}

// IsVariable holds for what stands in the source as a variable, or a part of one.
func TestIsVariable(t *testing.T) {
	s := snippet.Build(t, `
type pair struct{ a, b int }

var global int

func f(p *int) {
	var local pair
	local.a = 1
	new(pair).b = 2
	global = 3
	*p = 4
	func() { local.b = 5 }()
	_ = &local
	var list [2]pair
	list[len(list)-1].a = 6
	make([]int, 1)[0] = 7
}`)
	fn := s.Pkg.Func("f")
	var got []string
	for _, fn := range append([]*ssa.Function{fn}, fn.AnonFuncs...) {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if store, ok := instr.(*ssa.Store); ok {
					got = append(got, fmt.Sprint(store.Val.(*ssa.Const).Int64(), operand.IsVariable(store.Addr)))
				}
			}
		}
	}
	if text, want := strings.Join(got, " "), "1 true 2 false 3 true 4 false 6 true 7 false 5 true"; text != want {
		t.Errorf("%s, want %s", text, want)
	}
}

// A lock is named, and its type told, by what its methods are called with.
func TestLocks(t *testing.T) {
	s := snippet.Build(t, `
import "sync"

type account struct{ sync.RWMutex; mu sync.Mutex }

var global sync.Mutex

func f(a *account, many []account, p *sync.Mutex) {
	a.mu.Lock()
	a.RWMutex.Lock()
	many[0].mu.Lock()
	global.Lock()
	p.Lock()
	var local sync.Mutex
	local.Lock()
	made := &sync.Mutex{}
	made.Lock()
	new(sync.Mutex).Lock()
}`)
	names := operand.In(s.Pkg.Func("f"))
	var got []string
	for _, b := range s.Pkg.Func("f").Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				got = append(got, fmt.Sprintf("%q %s", names.Of(call.Call.Args[0]), operand.Type(call.Call.Args[0])))
			}
		}
	}
	want := []string{
		`"a.mu" sync.Mutex`, `"a.RWMutex" sync.RWMutex`, `"many[…].mu" sync.Mutex`, `"global" sync.Mutex`,
		`"p" sync.Mutex`, `"local" sync.Mutex`, `"made" sync.Mutex`, `"" sync.Mutex`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
