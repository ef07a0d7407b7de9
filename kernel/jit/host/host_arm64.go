package host

import (
	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/arm64"
)

// Backend makes code for the processor that runs this.
var Backend jit.Backend = arm64.Backend{}
