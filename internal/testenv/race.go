//go:build race

package testenv

// Raced says that Go's race detector watches the tests.
const Raced = true
