package frame_test

import (
	"runtime/debug"
	"testing"
)

// endless runs what ends this process, which has little room.
func endless(t *testing.T, src string) {
	debug.SetMaxStack(32 << 20)
	s, _ := compiled(t, src)
	r := s.Run("f")
	t.Fatalf("it ended: %s %q", r.Outcome.Kind, r.Printed)
}
