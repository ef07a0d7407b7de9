package goruntime

import (
	"sync"
	"syscall"
	"unsafe"
)

func flushCode(start, end uintptr)

// Membarrier, which package syscall has no names for.
const (
	sysMembarrier    = 283
	syncCores        = 1 << 5 // MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
	registerSyncCore = 1 << 6 // and the registration for it
)

var registered = sync.OnceValue(func() bool {
	_, _, errno := syscall.RawSyscall(sysMembarrier, registerSyncCore, 0, 0)
	return errno == 0
})

// syncCode makes new code what is executed, on all processors. Those that are running
// may have fetched what was at the address before; a kernel that cannot have them drop
// that does so when it interrupts them.
func syncCode(code []byte) {
	start := uintptr(unsafe.Pointer(unsafe.SliceData(code)))
	flushCode(start, start+uintptr(len(code)))
	if registered() {
		_, _, _ = syscall.RawSyscall(sysMembarrier, syncCores, 0, 0)
	}
}
