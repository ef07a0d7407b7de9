package amd64_test

import (
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"github.com/gosched/gosched/kernel/jit/amd64"
	"github.com/gosched/gosched/kernel/jit/jittest"
)

func read(code []byte, pc uint64) (string, int, error) {
	in, err := x86asm.Decode(code, 64)
	if err != nil {
		return "", 0, err
	}
	return x86asm.IntelSyntax(in, pc, nil), in.Len, nil
}

// The code of some functions, to be read.
func TestCode(t *testing.T) { jittest.Golden(t, amd64.Backend{}, read) }

func TestAllInstructions(t *testing.T) { jittest.Sweep(t, amd64.Backend{}, read) }
