package goruntime

import (
	"encoding/binary"
	"fmt"
	"syscall"
	"unsafe"
)

// SlotsGrow reports whether [GrowSlots] can make slots here.
const SlotsGrow = true

// newSlotBlock makes slots. Behind the code are the words that it reads, so that
// code is never writable and executable at a time.
func newSlotBlock() (*slotBlock, error) {
	const code, words = moreBlock * slotSize, moreBlock * 8
	mem, err := syscall.Mmap(-1, 0, code+words, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("memory for method slots: %w", err)
	}
	for i := range moreBlock {
		slot := mem[i*slotSize : (i+1)*slotSize]
		const load = 7 // bytes
		copy(slot, []byte{
			0x48, 0x8b, 0x15, 0, 0, 0, 0, // MOVQ words[i](PC), DX
			0xff, 0x22, // JMP (DX)
			0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, // INT3
		})
		binary.LittleEndian.PutUint32(slot[3:], uint32(code+i*8-(i*slotSize+load)))
	}
	if err := syscall.Mprotect(mem[:code], syscall.PROT_READ|syscall.PROT_EXEC); err != nil {
		_ = syscall.Munmap(mem)
		return nil, fmt.Errorf("memory for method slots: %w", err)
	}
	return &slotBlock{
		code:  uintptr(unsafe.Pointer(&mem[0])),
		words: (*[moreBlock]unsafe.Pointer)(unsafe.Pointer(&mem[code])),
	}, nil
}
