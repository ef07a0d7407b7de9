package main

import (
	"context"
	"os"
	"strings"
	"sync"

	"github.com/gosched/gosched/internal/toolchain"
)

// goEnviron is the environment of Go commands: with it, what they build can find leaked
// goroutines. They compile as for a release, without cgo and the paths of this machine.
// That is the same for all, so that what tests, the wheel and the image are made of is
// compiled once.
func goEnviron() []string {
	flags := strings.TrimSpace(os.Getenv("GOFLAGS") + " -trimpath")
	return append(os.Environ(), "GOEXPERIMENT="+leakExperiment(), "CGO_ENABLED=0", "GOFLAGS="+flags)
}

// withCgo has Go commands use cgo, as who builds gosched where there is a C compiler: the
// race detector needs it, and the other releases are tested so.
const withCgo = "CGO_ENABLED="

var leakExperiment = sync.OnceValue(func() string { return toolchain.LeakExperiment(context.Background(), "") })
