package worker

import (
	"encoding/binary"
	"slices"
	"testing"
)

// Marks come in order, however many there are, and nobody waits for one.
func TestMarks(t *testing.T) {
	m, theirs, err := newMarks()
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	take := func() (ids []uint64) {
		m.take(func(id uint64) { ids = append(ids, id) })
		return ids
	}
	if got := take(); got != nil {
		t.Errorf("before there are any: %d", got)
	}
	for _, n := range []int{1, 2, 63, 64, 65, 1000} {
		var want []uint64
		for i := range n {
			id := uint64(i)<<40 | uint64(n)
			want = append(want, id)
			if _, err := theirs.Write(binary.LittleEndian.AppendUint64(nil, id)); err != nil {
				t.Fatal(err)
			}
		}
		if got := take(); !slices.Equal(got, want) {
			t.Errorf("of %d marks there came %d", n, len(got))
		}
	}
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	if got := take(); got != nil {
		t.Errorf("after the end: %d", got)
	}
}
