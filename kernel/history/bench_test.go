package history

import (
	"fmt"
	"path/filepath"
	"testing"
)

// BenchmarkAdd is how long after it was added a cell is safe.
func BenchmarkAdd(b *testing.B) {
	h := opened(b, filepath.Join(b.TempDir(), "history.sqlite"))
	defer closed(b, h)
	<-h.Add(1, "first")
	n := 1
	for b.Loop() {
		n++
		<-h.Add(n, fmt.Sprintf("fmt.Println(%d)", n))
	}
}
