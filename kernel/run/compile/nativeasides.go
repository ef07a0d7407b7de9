package compile

import "github.com/gosched/gosched/kernel/jit"

// asides are blocks that are made within an instruction. Until all blocks are known,
// those are numbered from firstAside on.
type asides struct {
	blocks []*jit.Block
	behind map[*jit.Block][]int // which come right behind a block of the function
	parent *jit.Block           // the block of the function that is lowered
}

const firstAside = 1 << 20

// aside makes a block. Where it is straight ahead, it comes behind the block of the
// function that is lowered, else behind all others.
func (l *lowering) aside(ahead bool) int {
	number := firstAside + len(l.asides.blocks)
	l.asides.blocks = append(l.asides.blocks, &jit.Block{Depth: l.out.Depth})
	if ahead {
		l.ahead(number)
	}
	return number
}

func (l *lowering) ahead(number int) {
	if l.asides.behind == nil {
		l.asides.behind = map[*jit.Block][]int{}
	}
	l.asides.behind[l.asides.parent] = append(l.asides.behind[l.asides.parent], number)
}

// goInto goes on in a block.
func (l *lowering) goInto(number int) { l.out = l.asides.blocks[number-firstAside] }

// branch ends the block: it leads to the first of two if x cond y.
func (l *lowering) branch(k jit.Kind, c jit.Cond, x, y jit.Operand, then, otherwise int) {
	l.emit(jit.Ins{Op: jit.Branch, Kind: k, Cond: c, Dst: jit.NoVar, X: x, Y: y, Then: then, Else: otherwise})
}

// jumpTo ends the block.
func (l *lowering) jumpTo(number int) {
	l.emit(jit.Ins{Op: jit.Jump, Dst: jit.NoVar, Then: number})
}

// arrange gives all blocks their places, and returns where those are that were made
// for the function.
func (l *lowering) arrange() []int {
	own := l.f.Blocks
	at := make([]int, len(own))
	asideAt := make([]int, len(l.asides.blocks))
	var all []*jit.Block
	placed := make([]bool, len(l.asides.blocks))
	put := func(number int) {
		i := number - firstAside
		placed[i], asideAt[i] = true, len(all)
		all = append(all, l.asides.blocks[i])
	}
	for i, b := range own {
		at[i] = len(all)
		all = append(all, b)
		for _, number := range l.asides.behind[b] {
			put(number)
		}
	}
	for i := range l.asides.blocks {
		if !placed[i] {
			put(firstAside + i)
		}
	}
	moved := func(n int) int {
		if n >= firstAside {
			return asideAt[n-firstAside]
		}
		return at[n]
	}
	for _, b := range all {
		end := &b.Ins[len(b.Ins)-1]
		end.Then, end.Else = moved(end.Then), moved(end.Else)
		for i := range end.Next {
			end.Next[i] = moved(end.Next[i])
		}
	}
	l.f.Blocks = all
	return at
}
