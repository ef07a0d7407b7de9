package jit_test

import (
	"testing"

	"golang.org/x/arch/arm64/arm64asm"
	"golang.org/x/arch/x86/x86asm"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/amd64"
	"github.com/gosched/gosched/kernel/jit/arm64"
)

// Every back end makes instructions of its processor of whatever functions it is given,
// on any processor. What it refuses it refuses before it has begun.
func TestBackends(t *testing.T) {
	for _, tt := range []struct {
		name   string
		by     jit.Backend
		decode func(code []byte) (n int, err error)
	}{
		{"amd64", amd64.Backend{}, func(code []byte) (int, error) {
			in, err := x86asm.Decode(code, 64)
			return in.Len, err
		}},
		{"arm64", arm64.Backend{}, func(code []byte) (int, error) {
			_, err := arm64asm.Decode(code)
			return 4, err
		}},
	} {
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
				for pc := 0; pc < len(u.Code); instructions++ {
					n, err := tt.decode(u.Code[pc:])
					if err != nil {
						t.Fatalf("seed %d: at %d, % x: %v\n%s", seed, pc, u.Code[pc:min(pc+16, len(u.Code))], err, m)
					}
					pc += n
				}
			}
			if made < 20 || instructions < 100*made {
				t.Errorf("%d instructions of %d functions", instructions, made)
			}
		})
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
