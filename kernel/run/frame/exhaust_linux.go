package frame

import "syscall"

// arenaSlack is what the runtime asks the system for beside a large block: its
// rounding, and its tables.
const arenaSlack = 8 << 20

// canMap reports whether the system would give n bytes more.
func canMap(n float64) bool {
	mem, err := syscall.Mmap(-1, 0, int(n)+arenaSlack, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		return false
	}
	return syscall.Munmap(mem) == nil
}
