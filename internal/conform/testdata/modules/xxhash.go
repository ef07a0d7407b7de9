//gosched:get github.com/cespare/xxhash/v2@v2.3.0
package main

import (
	"fmt"

	"github.com/cespare/xxhash/v2"
)

func main() {
	fmt.Println(xxhash.Sum64String("hello"), xxhash.Sum64([]byte("a longer text that does not fit in thirty-two bytes")))
	d := xxhash.New()
	for i := range 100 {
		fmt.Fprint(d, i)
	}
	fmt.Println(d.Sum64(), d.Size(), d.BlockSize())
}
