//go:build !linux

package kernel

import (
	"context"

	"github.com/shirou/gopsutil/v4/process"
)

// memoryOf is what a process takes in bytes.
func memoryOf(ctx context.Context, p *process.Process) (uint64, error) { return residentMemory(ctx, p) }
