package host

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/wasm"
)

// Backend makes code for the WebAssembly that runs this.
var Backend jit.Backend = wasm.Backend{}
