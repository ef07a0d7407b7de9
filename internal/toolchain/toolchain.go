// Package toolchain names the Go releases that gosched is built with, and asks
// a toolchain what has to be known before something is built with it.
//
// What is generated, tested or documented for each release takes the releases
// from here. The package knows the go command and nothing of gosched.
package toolchain

import (
	"context"
	"os"
	"os/exec"
	"strings"
)

// versions are the toolchains that gosched is generated and tested with, one
// for each release that it supports, the oldest first. goruntime.Releases names
// them to people. docs/go-release.md says what else belongs to a new one.
var versions = []string{"go1.26.8", "go1.27.4"}

// Versions returns the toolchains that gosched is tested with, such as
// "go1.26.8", one for each release that it supports, the oldest first. They
// can be had with GOTOOLCHAIN.
func Versions() []string { return append([]string(nil), versions...) }

// Releases returns the releases that gosched supports, such as "go1.26", the
// oldest first.
func Releases() []string {
	var rs []string
	for _, v := range versions {
		rs = append(rs, Release(v))
	}
	return rs
}

// Release returns the release that a version belongs to: "go1.26" for
// "go1.26.8", for "go1.26rc1" and for "go1.26.8 X:experiment". For the version
// of a development tree it is the empty string.
func Release(version string) string {
	rest, ok := strings.CutPrefix(version, "go1.")
	if !ok {
		return ""
	}
	minor := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = rest[:i]
	}
	if minor == "" {
		return ""
	}
	return "go1." + minor
}

// LeakExperiment returns what GOEXPERIMENT has to be when gosched is built in
// the folder dir, with the given settings added to the environment, so that
// %leaks finds every leaked goroutine. It is what the environment says, and with
// it the experiment that the go command there needs for the runtime's leak
// profile; a go command that does not know the experiment has the profile
// without it.
func LeakExperiment(ctx context.Context, dir string, environ ...string) string {
	const experiment = "goroutineleakprofile"
	set := os.Getenv("GOEXPERIMENT")
	with := experiment
	if set != "" {
		with = set + "," + experiment
	}
	cmd := exec.CommandContext(ctx, "go", "env", "GOEXPERIMENT")
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), environ...), "GOEXPERIMENT="+with)
	if cmd.Run() != nil {
		return set
	}
	return with
}
