//go:build !(linux && amd64)

package goruntime

import (
	"fmt"
	"runtime"
)

// SlotsGrow reports whether [GrowSlots] can make slots here.
const SlotsGrow = false

func newSlotBlock() (*slotBlock, error) {
	return nil, fmt.Errorf("no method slots are made on %s/%s", runtime.GOOS, runtime.GOARCH)
}
