//go:build !cgo

package worker

// threadSlack is nothing: without cgo threads have no stacks of their own to
// speak of.
const threadSlack = 0
