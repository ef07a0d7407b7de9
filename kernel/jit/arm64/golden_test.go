package arm64_test

import (
	"testing"

	"golang.org/x/arch/arm64/arm64asm"

	"github.com/gosched/gosched/kernel/jit/arm64"
	"github.com/gosched/gosched/kernel/jit/jittest"
)

func read(code []byte, _ uint64) (string, int, error) {
	in, err := arm64asm.Decode(code)
	return arm64asm.GNUSyntax(in), 4, err
}

// The code of some functions, to be read.
func TestCode(t *testing.T) { jittest.Golden(t, arm64.Backend{}, read) }

func TestAllInstructions(t *testing.T) { jittest.Sweep(t, arm64.Backend{}, read) }
