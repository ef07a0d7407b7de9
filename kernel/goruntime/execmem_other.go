//go:build !linux && !js

package goruntime

import "errors"

// MachineCode is machine code in memory of its own.
type MachineCode struct{}

var errNoExecutable = errors.New("how to get executable memory is not known for this system")

// NewMachineCode puts code where it can be executed.
func NewMachineCode([]byte) (*MachineCode, error) { return nil, errNoExecutable }

// NewMachineCodeAt is NewMachineCode for code of a size that depends on where it is.
func NewMachineCodeAt(int, func(uintptr) []byte) (*MachineCode, error) {
	return nil, errNoExecutable
}

// Address is where the code begins.
func (*MachineCode) Address() uintptr { return 0 }

// Free gives the memory back.
func (*MachineCode) Free() {}
