package kernel

import (
	"context"
	"os"
	"runtime"
	"sync"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
	"github.com/shirou/gopsutil/v4/process"
)

// usage answers jupyter-resource-usage, as ipykernel does, for this process,
// the one that runs the cells, and whatever those have started.
type usage struct {
	mu    sync.Mutex
	known map[int32]*process.Process // by pid; they remember their CPU time
}

// A usageReply is what the request's sender shows. What the system does not
// tell is left out.
type usageReply struct {
	Hostname string `json:"hostname"`
	PID      int    `json:"pid"`
	// CPU is in percent of one processor since the last request.
	CPU *float64 `json:"kernel_cpu,omitempty"`
	// Memory is in bytes: what is the processes' own, and their share of what
	// they have in common, where the system tells.
	Memory   *uint64  `json:"kernel_memory,omitempty"`
	CPUCount int      `json:"cpu_count"`
	HostCPU  *float64 `json:"host_cpu_percent,omitempty"`
	HostRAM  *hostRAM `json:"host_virtual_memory,omitempty"`
}

// hostRAM has the machine's memory in bytes, under psutil's names.
type hostRAM struct {
	Total     uint64  `json:"total"`
	Available uint64  `json:"available"`
	Percent   float64 `json:"percent"`
	Used      uint64  `json:"used"`
	Free      uint64  `json:"free"`
	Active    uint64  `json:"active"`
	Inactive  uint64  `json:"inactive"`
	Buffers   uint64  `json:"buffers"`
	Cached    uint64  `json:"cached"`
	Shared    uint64  `json:"shared"`
	Slab      uint64  `json:"slab"`
}

func (k *Kernel) usageRequest(ctx context.Context, _ *request) (any, error) {
	return k.usage.measure(ctx), nil
}

func (u *usage) measure(ctx context.Context) usageReply {
	u.mu.Lock()
	defer u.mu.Unlock()
	reply := usageReply{PID: os.Getpid(), CPUCount: runtime.NumCPU()}
	reply.Hostname, _ = os.Hostname()

	now := make(map[int32]*process.Process)
	u.collect(ctx, int32(reply.PID), now)
	u.known = now
	var percent float64
	var memory uint64
	for _, p := range now {
		if share, err := p.PercentWithContext(ctx, 0); err == nil {
			percent += share
			reply.CPU = &percent
		}
		if n, err := memoryOf(ctx, p); err == nil {
			memory += n
			reply.Memory = &memory
		}
	}
	// The first answer after the start is 0 and means nothing.
	if all, err := cpu.PercentWithContext(ctx, 0, false); err == nil && len(all) == 1 && all[0] != 0 {
		reply.HostCPU = &all[0]
	}
	if v, err := mem.VirtualMemoryWithContext(ctx); err == nil {
		reply.HostRAM = &hostRAM{
			Total: v.Total, Available: v.Available, Percent: v.UsedPercent, Used: v.Used, Free: v.Free,
			Active: v.Active, Inactive: v.Inactive, Buffers: v.Buffers, Cached: v.Cached, Shared: v.Shared, Slab: v.Slab,
		}
	}
	return reply
}

// collect finds a process and its descendants. Those that end meanwhile are
// left out.
func (u *usage) collect(ctx context.Context, pid int32, into map[int32]*process.Process) {
	if into[pid] != nil {
		return
	}
	p := u.known[pid]
	if p == nil {
		var err error
		if p, err = process.NewProcessWithContext(ctx, pid); err != nil {
			return
		}
	}
	into[pid] = p
	children, err := p.ChildrenWithContext(ctx)
	if err != nil {
		return // it has none, most likely
	}
	for _, c := range children {
		u.collect(ctx, c.Pid, into)
	}
}

// residentMemory is what a process has in memory, in bytes, shared memory
// included.
func residentMemory(ctx context.Context, p *process.Process) (uint64, error) {
	info, err := p.MemoryInfoWithContext(ctx)
	if err != nil {
		return 0, err
	}
	return info.RSS, nil
}
