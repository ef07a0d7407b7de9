package typedata

import (
	"encoding/binary"
	"go/token"
	"sort"
)

// Kinds of types, as they are written.
const (
	tagBasic = iota
	tagUniverse
	tagOwn
	tagOther
	tagNamed
	tagInstance
	tagAlias
	tagPointer
	tagSlice
	tagArray
	tagMap
	tagChan
	tagStruct
	tagSignature
	tagInterface
	tagUnion
	tagParam
)

// Kinds of objects and of constants.
const (
	objConst = iota
	objVar
	objFunc
	objAlias

	valBool
	valString
	valInt64
	valInt
	valRat
	valFloat
	valComplex
)

// startsOf gives each file its place in a row of all, which begins at 1.
func startsOf(files []*token.File) []int {
	starts := make([]int, len(files)+1)
	starts[0] = 1
	for i, f := range files {
		starts[i+1] = starts[i] + f.Size() + 1
	}
	return starts
}

// A buffer is what has been written.
type buffer []byte

func (b *buffer) int(n int) { *b = binary.AppendUvarint(*b, uint64(n)) }

func (b *buffer) bool(v bool) {
	if v {
		b.int(1)
	} else {
		b.int(0)
	}
}

func (b *buffer) string(s string) {
	b.int(len(s))
	*b = append(*b, s...)
}

func (b *buffer) gob(v interface{ GobEncode() ([]byte, error) }) {
	data, err := v.GobEncode()
	if err != nil {
		fail("constant: %v", err)
	}
	b.string(string(data))
}

// fileOf is the file in which a place in the row of all is.
func fileOf(starts []int, at int) int {
	return sort.Search(len(starts)-1, func(i int) bool { return starts[i+1] > at })
}
