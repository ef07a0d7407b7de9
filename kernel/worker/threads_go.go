//go:build !cgo || !linux

package worker

// threadSlack is nothing: without cgo threads have no stacks of their own to
// speak of, and elsewhere than on Linux those are not counted.
const threadSlack = 0

func limitThreadStacks() error { return nil }
