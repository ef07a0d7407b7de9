//go:build deps

// Package deps keeps the module's requirements while their users are written.
package deps

import (
	_ "github.com/go-zeromq/zmq4"
	_ "github.com/google/uuid"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sync/semaphore"
	_ "golang.org/x/sync/singleflight"
	_ "golang.org/x/time/rate"
	_ "golang.org/x/tools/go/gcexportdata"
	_ "golang.org/x/tools/go/packages"
	_ "golang.org/x/tools/go/ssa"
)
