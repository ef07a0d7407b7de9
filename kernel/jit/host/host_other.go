//go:build !amd64 && !arm64 && !js

package host

import "github.com/gosched/gosched/kernel/jit"

// Backend is nil: there is none for this processor.
var Backend jit.Backend
