package asm

import (
	"encoding/binary"
	"strconv"
)

// A Module is functions of one type, which are exported by their numbers: "0", "1" and
// so on. They use a memory and a table of functions that are imported as "memory" and
// "table", and a constant of 32 bits, "first", all of them from Host.
type Module struct {
	Params []Type
	Result Type
	Funcs  []Func
}

// Host is the module of what is imported.
const Host = "host"

// A Func is a function.
type Func struct {
	Locals []Locals // after the parameters
	Code   []byte   // without the end
}

// Locals are so many of a type, one after the other.
type Locals struct {
	Count int
	Type  Type
}

// Sections of a module, and what is imported and exported.
const (
	typeSection   = 1
	importSection = 2
	funcSection   = 3
	exportSection = 7
	codeSection   = 10

	aFunc   = 0
	aTable  = 1
	aMemory = 2
	aGlobal = 3

	funcType = 0x60
	funcRef  = 0x70
	constant = 0
	noMost   = 0 // of limits
)

// Bytes is the module as it is compiled from.
func (m *Module) Bytes() []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, count int, content []byte) {
		n := binary.AppendUvarint(nil, uint64(count))
		out = binary.AppendUvarint(append(out, id), uint64(len(n)+len(content)))
		out = append(append(out, n...), content...)
	}
	b := []byte{funcType, byte(len(m.Params))}
	for _, p := range m.Params {
		b = append(b, byte(p))
	}
	section(typeSection, 1, append(b, 1, byte(m.Result)))

	imported := func(b []byte, as string, what ...byte) []byte {
		return append(appendName(appendName(b, Host), as), what...)
	}
	b = imported(nil, "memory", aMemory, noMost, 0)
	b = imported(b, "table", aTable, funcRef, noMost, 0)
	b = imported(b, "first", aGlobal, byte(I32), constant)
	section(importSection, 3, b)

	section(funcSection, len(m.Funcs), make([]byte, len(m.Funcs))) // all of type 0

	b = nil
	for i := range m.Funcs {
		b = append(appendName(b, strconv.Itoa(i)), aFunc)
		b = binary.AppendUvarint(b, uint64(i))
	}
	section(exportSection, len(m.Funcs), b)

	b = nil
	for _, f := range m.Funcs {
		body := binary.AppendUvarint(nil, uint64(len(f.Locals)))
		for _, l := range f.Locals {
			body = append(binary.AppendUvarint(body, uint64(l.Count)), byte(l.Type))
		}
		body = append(append(body, f.Code...), byte(End))
		b = append(binary.AppendUvarint(b, uint64(len(body))), body...)
	}
	section(codeSection, len(m.Funcs), b)
	return out
}

func appendName(b []byte, name string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(name))), name...)
}
