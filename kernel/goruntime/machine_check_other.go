//go:build !amd64 && !arm64 && !js

package goruntime

import "unsafe"

// MachineKnown reports whether machine code may be made here, if the fact holds.
const MachineKnown = false

func enterMachine(uintptr, *MachineContext, unsafe.Pointer) uintptr { return 0 }

func resumeMachine(uintptr, *MachineContext, uintptr) uintptr { return 0 }

// checkMachineCode has nothing to check, as none is made: see MachineKnown.
func checkMachineCode() error { return nil }

// AskToStop does nothing here: there is no machine code.
func AskToStop(uintptr) {}
