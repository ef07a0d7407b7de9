package jit_test

import (
	"testing"

	"golang.org/x/arch/arm64/arm64asm"
	"golang.org/x/arch/x86/x86asm"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64"
	"github.com/gosched/gosched/kernel/jit/arm64"
	"github.com/gosched/gosched/kernel/jit/host"
)

// A backend is a back end, and what reads its code.
type backend struct {
	name   string
	by     jit.Backend
	decode func(code []byte) (n int, err error)
}

var backends = []backend{
	{"amd64", amd64.Backend{}, func(code []byte) (int, error) {
		in, err := x86asm.Decode(code, 64)
		return in.Len, err
	}},
	{"arm64", arm64.Backend{}, func(code []byte) (int, error) {
		_, err := arm64asm.Decode(code)
		return 4, err
	}},
}

// read counts the instructions that code is made of.
func (b backend) read(t testing.TB, code []byte) (count int) {
	t.Helper()
	for pc := 0; pc < len(code); count++ {
		n, err := b.decode(code[pc:])
		if err != nil {
			t.Fatalf("%s: at %d, % x: %v", b.name, pc, code[pc:min(pc+16, len(code))], err)
		}
		pc += n
	}
	return count
}

// Every back end makes instructions of its processor of whatever functions it is given,
// on any processor. What it refuses it refuses before it has begun.
func TestBackends(t *testing.T) {
	for _, tt := range backends {
		t.Run(tt.name, func(t *testing.T) {
			made, instructions := 0, 0
			for seed := range uint64(200) {
				m := makeFunc(seed)
				u, err := jit.Compile([]*jit.Func{m.f}, tt.by, target())
				if err != nil {
					if takesAll(tt.by, m.f) {
						t.Errorf("seed %d: %v", seed, err)
					}
					continue
				}
				made++
				instructions += tt.read(t, u.Code)
			}
			if made < 20 || instructions < 100*made {
				t.Errorf("%d instructions of %d functions", instructions, made)
			}
		})
	}
}

// elsewhere makes code of functions for the other processors, which is read and not run.
func elsewhere(t testing.TB, funcs []*jit.Func) {
	t.Helper()
	if testing.Short() {
		return // as in an emulator, where it takes long
	}
	for _, b := range backends {
		if b.by == host.Backend {
			continue
		}
		taken := funcs[:0:0]
		for _, f := range funcs {
			if takesAll(b.by, f) {
				taken = append(taken, f)
			}
		}
		u, err := jit.Compile(taken, b.by, target())
		if err != nil {
			t.Fatalf("%s: %v", b.name, err)
		}
		b.read(t, u.Code)
	}
}

func takesAll(by jit.Backend, f *jit.Func) bool {
	for _, b := range f.Blocks {
		for i := range b.Ins {
			if !by.Takes(b.Ins[i].Op) {
				return false
			}
		}
	}
	return true
}
