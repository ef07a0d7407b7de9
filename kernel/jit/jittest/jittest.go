// Package jittest has functions of an instruction each, for tests of back ends that
// look at the code that these make, and has tests of machine code run on other
// processors.
package jittest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/jit"
)

var update = flag.Bool("update", false, "write the golden files")

// A Disassembler reads an instruction at the beginning of code, which is at pc.
type Disassembler func(code []byte, pc uint64) (text string, size int, err error)

// target is a process whose addresses are easy to see.
var target = jit.Target{Top: 0x10, Limit: 0x18, ExitSP: 0x20, Spill: 0x28, Guard: 0x8, Preempt: -0x522, Barrier: 0x12345678}

func compiled(t testing.TB, by jit.Backend, f *jit.Func) []byte {
	t.Helper()
	u, err := jit.Compile([]*jit.Func{f}, by, target)
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return u.Code
}

// disassembled is the code of a function, an instruction a line.
func disassembled(t testing.TB, by jit.Backend, read Disassembler, f *jit.Func) string {
	t.Helper()
	code := compiled(t, by, f)
	var b strings.Builder
	for pc := 0; pc < len(code); {
		text, n, err := read(code[pc:], uint64(pc))
		if err != nil {
			t.Fatalf("%s: at %d, % x: %v", f.Name, pc, code[pc:min(pc+16, len(code))], err)
		}
		fmt.Fprintf(&b, "\t%4x  %s\n", pc, text)
		pc += n
	}
	return b.String()
}

// Golden compares the code of [Shown] with testdata/code.txt.
func Golden(t testing.TB, by jit.Backend, read Disassembler) {
	t.Helper()
	var b strings.Builder
	for _, f := range Shown() {
		if takes(by, f) {
			fmt.Fprintf(&b, "%s\n%s\n", f.Name, disassembled(t, by, read, f))
		}
	}
	path := filepath.Join("testdata", "code.txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(b.String(), "\n\n")
	for i, w := range strings.Split(string(want), "\n\n") {
		if i >= len(got) || got[i] != w {
			t.Errorf("the code is\n%s\nwant (go test -update, if it is right)\n%s", strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""), w)
		}
	}
}

// Sweep has code made of every instruction on every kind, with and without registers
// and constants: it consists of instructions, and is the same each time.
func Sweep(t testing.TB, by jit.Backend, read Disassembler) {
	t.Helper()
	made := 0
	for _, f := range all() {
		if !takes(by, f) {
			continue
		}
		made++
		disassembled(t, by, read, f)
		if !bytes.Equal(compiled(t, by, f), compiled(t, by, f)) {
			t.Errorf("%s: the code differs from time to time", f.Name)
		}
	}
	if made < 1000 {
		t.Errorf("there is code for %d functions", made)
	}
}

func takes(by jit.Backend, f *jit.Func) bool {
	for _, b := range f.Blocks {
		for i := range b.Ins {
			if !by.Takes(b.Ins[i].Op) {
				return false
			}
		}
	}
	return true
}

var none = jit.Imm(0)

// single is a function of one instruction on variables of these kinds, the third of
// which is the result; crowd is how many others there are, that are alive, too.
func single(name string, in jit.Ins, kinds [3]jit.Kind, crowd int) *jit.Func {
	f := &jit.Func{Name: name, Size: 1024}
	for i, k := range kinds {
		f.Vars = append(f.Vars, jit.VarInfo{Off: int32(8 * i), Kind: k})
	}
	b := &jit.Block{Entry: true}
	for i := range crowd {
		v := jit.Var(len(f.Vars))
		k := jit.Int64
		if i%2 == 1 {
			k = jit.Float64
		}
		f.Vars = append(f.Vars, jit.VarInfo{Off: int32(24 + 8*i), Kind: k})
		for range 2 { // more often than the others
			b.Ins = append(b.Ins, jit.Ins{Op: jit.Move, Kind: k, Dst: v, X: jit.Use(v), Y: none})
		}
	}
	b.Ins = append(b.Ins, in)
	for v := 2; v < len(f.Vars); v++ {
		b.Ins = append(b.Ins, store(int32(512+8*v), jit.Use(jit.Var(v)), f.Vars[v].Kind))
	}
	b.Ins = append(b.Ins, jit.Ins{Op: jit.Return, Dst: jit.NoVar})
	f.Blocks = []*jit.Block{b}
	return f
}

func store(off int32, o jit.Operand, k jit.Kind) jit.Ins {
	return jit.Ins{Op: jit.Store, Dst: jit.NoVar, Memory: jit.Address{Base: none, Index: none, Disp: off}, Srcs: []jit.Operand{o}, Kinds: []jit.Kind{k}}
}
