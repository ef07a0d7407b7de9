//go:build amd64 || arm64 || wasm

package goruntime

// getg returns the address of the runtime's own record of the calling goroutine.
func getg() uintptr

// Self tells the calling goroutine from all others of the process that are
// alive. It is never 0.
func Self() uintptr { return getg() }

func stackRecord() uintptr { return getg() }
