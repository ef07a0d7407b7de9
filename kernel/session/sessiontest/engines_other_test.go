//go:build !js

package sessiontest_test

var notHere map[string]string
