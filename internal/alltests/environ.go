package main

import (
	"context"
	"os"
	"sync"

	"github.com/gosched/gosched/internal/toolchain"
)

// goEnviron is the environment of Go commands: with it, what they build can
// find leaked goroutines. It is the same for all, so that the standard library
// is compiled once.
func goEnviron() []string { return append(os.Environ(), "GOEXPERIMENT="+leakExperiment()) }

var leakExperiment = sync.OnceValue(func() string { return toolchain.LeakExperiment(context.Background(), "") })
