//go:build !go1.27

package engine

import (
	"strings"
	"testing"
)

// Before Go 1.27 generic methods are an error, in Go's words.
func TestContract4_GenericMethods(t *testing.T) {
	nb := open(t)
	nb.run("type T struct{}")
	_, r := nb.exec("func (T) M[U any](U) {}")
	if r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "method must have no type parameters") {
		t.Errorf("gives %v", r.Failure)
	}
}
