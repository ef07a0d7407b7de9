//gosched:get github.com/google/btree@v1.1.3
package main

import (
	"fmt"

	"github.com/google/btree"
)

func main() {
	t := btree.NewOrderedG[int](3)
	for i := range 20 {
		t.ReplaceOrInsert(i * 7 % 20)
	}
	t.Delete(5)
	t.AscendRange(3, 9, func(i int) bool { fmt.Print(i, " "); return true })
	min, _ := t.Min()
	max, _ := t.Max()
	fmt.Println(t.Len(), min, max, t.Has(5))
	c := t.Clone()
	c.Clear(false)
	fmt.Println(c.Len(), t.Len())
}
