package runtimeerror

import "unsafe"

// What compiled code can be made to raise it raises here, so that it is Go's own error:
// by doing the failing thing with elements that take no room. An index that is below 0
// here and of an unsigned type is large.

var zeroByte byte

// NilDereference is the error of the use of a nil pointer.
func NilDereference() (err any) {
	defer func() { err = recover() }()
	var p *int
	return *p
}

// Index panics for s[i], which is out of range, where n is the length of s.
func Index(i, n int, unsigned bool) {
	s := make([]struct{}, n)
	if unsigned {
		_ = s[uint(i)]
	}
	_ = s[i]
}

// Slice panics for s[low:high:max], which is out of range. Given says which of the bounds
// there are, and unsigned which are of unsigned types; n and c are the length and the
// capacity of s. Array says that it is one, or a string, which have only a length.
func Slice(bounds [3]int, given, unsigned [3]bool, n, c int, array bool) {
	l, h, m := bounds[0], bounds[1], bounds[2]
	if array && given[1] && !given[2] && uint(h) > uint(c) { // it has no capacity to speak of
		s := unsafe.String(&zeroByte, c)
		if unsigned[1] {
			_ = s[:uint(h)]
		}
		_ = s[:h]
	}
	if array && given[2] && uint(m) > uint(c) {
		switch {
		case m >= 0:
			panic(Of("slice bounds out of range [::%d] with length %d", m, c))
		case unsigned[2]:
			panic(Of("slice bounds out of range [::%d] with length %d", uint(m), c))
		}
		panic(Of("slice bounds out of range [::%d]", m))
	}
	s := make([]struct{}, n, c)
	// What goes wrong first, Go says: the last.
	switch {
	case given[2] && unsigned[2] && m < 0:
		_ = s[l:h:uint(m)]
	case given[2] && unsigned[1] && h < 0:
		_ = s[l:uint(h):m]
	case given[2] && unsigned[0]:
		_ = s[uint(l):h:m]
	case given[2]:
		_ = s[l:h:m]
	case given[1] && unsigned[1] && h < 0:
		_ = s[l:uint(h)]
	case given[1] && unsigned[0]:
		_ = s[uint(l):h]
	case given[1]:
		_ = s[l:h]
	case unsigned[0]:
		_ = s[uint(l):]
	default:
		_ = s[l:]
	}
	panic("slice bounds were in range")
}
