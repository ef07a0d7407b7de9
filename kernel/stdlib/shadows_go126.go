//go:build !go1.27

package stdlib

var newShadows map[string]string
