package run

import "unsafe"

// copyInstr copies a slot to another.
func copyInstr(mem memory, d, s uintptr) instr {
	switch mem.class {
	case classZero:
		return func(*frame) {}
	case class1:
		return copyOf[uint8](d, s)
	case class2:
		return copyOf[uint16](d, s)
	case class4:
		return copyOf[uint32](d, s)
	case class8:
		return copyOf[uint64](d, s)
	case classPtr:
		return copyOf[unsafe.Pointer](d, s)
	case classStr:
		return copyOf[string](d, s)
	case classSlice:
		return copyOf[[]byte](d, s)
	case classIface:
		return copyOf[any](d, s)
	}
	return func(fr *frame) { mem.move(unsafe.Add(fr.mem, d), unsafe.Add(fr.mem, s)) }
}

func copyOf[T any](d, s uintptr) instr {
	return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, s) }
}
