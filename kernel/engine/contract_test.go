package engine

import (
	"testing"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/session/sessiontest"
)

// TestContract holds the direct engine to the contract. It has no exceptions but
// for what there is not in a browser.
func TestContract(t *testing.T) {
	sessiontest.Run(t, func() (session.Engine, error) { return New() }, notHere)
}
