package goruntime

import (
	"strconv"
	"syscall/js"
)

// machinePlace is how many bits of an address are for a place within a function; the
// others are the number of the function in the table.
const machinePlace = 20

// MachineCode is functions of a module of WebAssembly. Their module has package jit's
// format, see package jit/wasm.
type MachineCode struct{ first, count int }

// NewMachineCode puts code where it can be executed.
func NewMachineCode(code []byte) (m *MachineCode, err error) {
	defer caught(&err)
	h, err := theMachineHost()
	if err != nil {
		return nil, err
	}
	m = &MachineCode{first: h.table.Get("length").Int()}
	exports := h.exports(code, m.first)
	for {
		f := exports.Get(strconv.Itoa(m.count))
		if f.IsUndefined() {
			return m, nil
		}
		h.table.Call("grow", 1, f)
		m.count++
	}
}

// Address is where the code begins.
func (m *MachineCode) Address() uintptr { return uintptr(m.first) << machinePlace }

// Free gives the memory back. Nobody may be executing the code. Its numbers are not
// used again.
func (m *MachineCode) Free() {
	h, err := theMachineHost()
	if err != nil {
		return
	}
	for i := range m.count {
		h.table.Call("set", m.first+i, js.Null())
	}
}
