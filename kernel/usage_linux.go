package kernel

import (
	"context"

	"github.com/shirou/gopsutil/v4/process"
)

// memoryOf is what a process takes in bytes, shared memory counted in parts.
func memoryOf(ctx context.Context, p *process.Process) (uint64, error) {
	if maps, err := p.MemoryMapsWithContext(ctx, true); err == nil && len(*maps) == 1 && (*maps)[0].Pss > 0 {
		return (*maps)[0].Pss << 10, nil
	}
	return residentMemory(ctx, p)
}
