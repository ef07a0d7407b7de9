package sessiontest_test

import (
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/session/sessiontest"
)

// The engines are held to the contract, the direct one by its own tests: that they keep it,
// and that a broken one does not (see TestBrokenSession), is what shows that the tests are
// worth something.

// TestContractYaegi holds the yaegi engine to the contract, but for what it
// cannot do.
func TestContractYaegi(t *testing.T) {
	if testenv.Raced {
		t.Skip("loops of yaegi's look at a plain bool, and yaegi's own frames are read while they are written")
	}
	sessiontest.Run(t, func() (session.Engine, error) { return engine.Open(engine.Options{Kind: engine.Yaegi}) }, map[string]string{
		"Contract6_WhereAmI/FuncForPC":            "a cell's functions have no program counters: refused",
		"Contract6_WhereAmI/FuncForPC of a value": "the same",
		"Contract6_WhereAmI/CallersFrames":        "the same",
		"Contract6_WhereAmI/slog":                 "the same, and records carry one",
		"Contract3_RegistrationsAgain":            "kernel/registry stands in for functions of the direct engine only",
		"Contract6_RegisteredTwice":               "the same",
		"Contract11_PanicOfAHandler":              "package net/http logs the interpreter's stack",
	})
}
