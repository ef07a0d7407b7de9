package engine

import (
	"testing"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/session/sessiontest"
)

// TestContract holds the direct engine to the contract of a session. It has no exceptions.
func TestContract(t *testing.T) {
	sessiontest.Run(t, func() (session.Engine, error) { return New() }, nil)
}
