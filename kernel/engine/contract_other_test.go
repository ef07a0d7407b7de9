//go:build !js

package engine

var notHere map[string]string
