//go:build !go1.27

package stdlib

var newInstances []string
