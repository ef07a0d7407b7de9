package sessiontest_test

import (
	"testing"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/session/sessiontest"
)

// TestContract holds the direct engine in a browser to the contract. Elsewhere that is done
// by the engine's own tests, which take more than there is in one.
func TestContract(t *testing.T) {
	sessiontest.Run(t, func() (session.Engine, error) { return engine.New() }, notHere)
}

// notHere is what cannot be done in WebAssembly, by the tests of the contract that
// fail there.
var notHere = map[string]string{
	"Contract13_InterruptNetwork":    "one of its cells runs a program",
	"Contract15_StateInCompiledCode": "what waits for the network waits for a channel, because the network is in memory; a program is run",
	"CommandsCell":                   "some of its cells are shell commands",
	"CommandsFiles":                  "the same",
	"CommandsShell":                  "there is no shell",
	"CommandsShellInterrupt":         "the same",
}
