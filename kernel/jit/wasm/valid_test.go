//go:build !js

package wasm_test

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/jit/jittest"
	"github.com/gosched/gosched/kernel/jit/wasm"
)

// validate is a program for Node.js that reads modules, each after its length, and says
// which are none.
const validate = `
const all = require("fs").readFileSync(0);
let n = 0;
for (let at = 0; at < all.length; n++) {
	const size = all.readUInt32LE(at);
	const text = all.subarray(at + 4, at + 4 + size);
	at += 4 + size;
	try { new WebAssembly.Module(text); } catch (e) { console.log("module " + n + ": " + e.message); process.exitCode = 1; }
}
console.log(n + " modules");`

// The code of every instruction on every kind is a module that WebAssembly takes, and is
// the same each time.
func TestAllInstructions(t *testing.T) {
	var modules bytes.Buffer
	n := 0
	jittest.Sweep(t, wasm.Backend{}, func(code []byte, _ uint64) (string, int, error) {
		n++
		modules.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(code))))
		modules.Write(code)
		return "module", len(code), nil
	})
	testenv.Need(t, "node")
	cmd := exec.CommandContext(t.Context(), "node", "-e", validate)
	cmd.Stdin = &modules
	out, err := cmd.CombinedOutput()
	if err != nil || n == 0 || strings.Count(string(out), "\n") != 1 {
		t.Errorf("of %d: %v\n%.2000s", n, err, out)
	}
}
