package rtype

import (
	"encoding/binary"
	"go/token"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// nameKey is what an encoded name is made from.
type nameKey struct {
	name, tag, pkgPath string
	embedded           bool
}

// A nameRef is an encoded name and its offset, once it has been asked for.
type nameRef struct {
	name goruntime.Name
	off  int32
}

// names encodes the names in descriptors, each once.
type names map[nameKey]*nameRef

func (ns names) ref(k nameKey) *nameRef {
	if r, ok := ns[k]; ok {
		return r
	}
	r := &nameRef{name: ns.encode(k)}
	ns[k] = r
	return r
}

// name returns the encoded form of k.
func (ns names) name(k nameKey) goruntime.Name { return ns.ref(k).name }

// off returns the offset of the encoded form of k.
func (ns names) off(k nameKey) int32 {
	r := ns.ref(k)
	if r.off == 0 {
		r.off = goruntime.AddReflectOff(unsafe.Pointer(r.name.Bytes))
	}
	return r.off
}

// encode writes a flag byte, the name, the tag and the offset of the package
// path, the last two only where there are any.
func (ns names) encode(k nameKey) goruntime.Name {
	var flags byte
	if token.IsExported(k.name) {
		flags |= goruntime.NameExported
	}
	if k.embedded {
		flags |= goruntime.NameEmbedded
	}
	b := append(make([]byte, 0, len(k.name)+len(k.tag)+12), 0)
	b = binary.AppendUvarint(b, uint64(len(k.name)))
	b = append(b, k.name...)
	if k.tag != "" {
		flags |= goruntime.NameHasTag
		b = binary.AppendUvarint(b, uint64(len(k.tag)))
		b = append(b, k.tag...)
	}
	if k.pkgPath != "" {
		flags |= goruntime.NameHasPkgPath
		b = binary.NativeEndian.AppendUint32(b, uint32(ns.off(nameKey{name: k.pkgPath})))
	}
	b[0] = flags
	return goruntime.Name{Bytes: &b[0]}
}
