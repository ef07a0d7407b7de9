package goruntime

import (
	"fmt"
	"syscall"
	"unsafe"
)

// MachineCode is machine code in memory of its own, which is never writable and
// executable at a time.
type MachineCode struct{ mem []byte }

// NewMachineCode puts code where it can be executed.
func NewMachineCode(code []byte) (*MachineCode, error) {
	return NewMachineCodeAt(len(code), func(uintptr) []byte { return code })
}

// NewMachineCodeAt is NewMachineCode for code of a size that depends on where it is.
func NewMachineCodeAt(size int, make func(at uintptr) []byte) (*MachineCode, error) {
	mem, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("memory for machine code: %w", err)
	}
	c := &MachineCode{mem}
	copy(mem, make(c.Address()))
	if err := syscall.Mprotect(mem, syscall.PROT_READ|syscall.PROT_EXEC); err != nil {
		c.Free()
		return nil, fmt.Errorf("memory for machine code: %w", err)
	}
	syncCode(mem)
	return c, nil
}

// Address is where the code begins.
func (c *MachineCode) Address() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(c.mem))) }

// Free gives the memory back. Nobody may be executing the code.
func (c *MachineCode) Free() { _ = syscall.Munmap(c.mem) }
