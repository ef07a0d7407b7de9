package goruntime

import (
	"errors"
	"fmt"
	"sync"
	"syscall/js"
	"unsafe"
)

// Machine code is WebAssembly here: modules that share the program's memory, and whose
// functions are in a table. Go's own calls cannot reach them. They are made by way of
// JavaScript, by a function of one more module, the gate, which takes no parameters: to
// call it takes a tenth of a microsecond. What is to be called is in memory.

// MachineKnown reports whether machine code may be made here, if the fact holds.
const MachineKnown = true

// passed is what the gate is told, and what it answers. There is one thread, and nobody
// else has his turn while the gate is open.
var passed struct {
	code, base uintptr
	context    *MachineContext
	top        uintptr // where the outermost frame ends that is on the stack, or 0
	result     uintptr
	mem        unsafe.Pointer // what base is the address of
}

// machineRounds is how often code may go round loops and make calls until it leaves, so
// that others have their turn: a fraction of a millisecond.
const machineRounds = 1 << 16

// A machineHost is what modules of machine code are made with.
type machineHost struct {
	memory, table js.Value
	module        js.Value // the constructors
	instance      js.Value
	enter         js.Value
}

var theMachineHost = sync.OnceValues(newMachineHost)

func newMachineHost() (h *machineHost, err error) {
	defer caught(&err)
	assembly := js.Global().Get("WebAssembly")
	h = &machineHost{module: assembly.Get("Module"), instance: assembly.Get("Instance")}
	h.memory, err = ownMemory()
	if err != nil {
		return nil, err
	}
	h.table = assembly.Get("Table").New(map[string]any{"element": "anyfunc", "initial": 1})
	h.enter = h.exports(gate, int(uintptr(unsafe.Pointer(&passed)))).Get("0")
	return h, nil
}

// ownMemory is the memory of this program. JavaScript's side of Go has it, in an object
// that gives away itself where it would wrap a function.
func ownMemory() (js.Value, error) {
	class := js.Global().Get("Go")
	if class.Type() != js.TypeFunction {
		return js.Value{}, errors.New("the program was not started by Go's wasm_exec.js")
	}
	const wraps = "_makeFuncWrapper"
	prototype := class.Get("prototype")
	was := prototype.Get(wraps)
	prototype.Set(wraps, js.Global().Get("Object").Get("prototype").Get("valueOf"))
	self := js.FuncOf(nil)
	prototype.Set(wraps, was)
	defer self.Release()
	return self.Get("_inst").Get("exports").Get("mem"), nil
}

// exports makes an instance of a module and returns its functions, by their numbers.
func (h *machineHost) exports(code []byte, first int) js.Value {
	bytes := js.Global().Get("Uint8Array").New(len(code))
	js.CopyBytesToJS(bytes, code)
	return h.instance.New(h.module.New(bytes), map[string]any{
		"host": map[string]any{"memory": h.memory, "table": h.table, "first": first},
	}).Get("exports")
}

// caught makes an error of what JavaScript has thrown.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("machine code: %v", r)
	}
}

func enterMachine(code uintptr, c *MachineContext, mem unsafe.Pointer) uintptr {
	passed.mem = mem
	return passMachine(code, c, uintptr(mem), 0)
}

func resumeMachine(code uintptr, c *MachineContext, sp uintptr) uintptr {
	return passMachine(code, c, sp, c.Top)
}

func passMachine(code uintptr, c *MachineContext, base, top uintptr) uintptr {
	h, _ := theMachineHost() // it has made the code
	if c.Count <= 0 {
		c.Count = machineRounds
	}
	passed.code, passed.context, passed.base, passed.top = code, c, base, top
	h.enter.Invoke()
	return passed.result
}

// checkMachineCode has a function return where its memory is, plus 1.
func checkMachineCode() error {
	code, err := NewMachineCode(nextAddress)
	if err != nil {
		return err
	}
	defer code.Free()
	word := new([2]uint64)
	c := PinMachine()
	if c == nil {
		return errors.New("there is no stack for machine code")
	}
	got := CallMachine(code.Address(), c, unsafe.Pointer(word))
	UnpinMachine(c)
	if got != uintptr(unsafe.Pointer(word))+1 {
		return fmt.Errorf("machine code came back with %#x", got)
	}
	return nil
}

// AskToStop does nothing here: machine code leaves by itself, after so many rounds.
func AskToStop(uintptr) {}
