package main

import (
	"fmt"
	"strings"
	"time"
)

func main() {
	start := time.Now()
	var b strings.Builder
	var bytes []byte
	line := ""
	for i := range 100_000 {
		b.WriteByte(byte('a' + i%26))
		bytes = append(bytes, byte('0'+i%10), ' ')
		if line += string(rune('A' + i%26)); len(line) == 50 {
			b.WriteString(line)
			line = ""
		}
	}
	if b.Len() != 200_000 || len(bytes) != 200_000 || strings.Count(string(bytes), "7") != 10_000 {
		panic(b.Len())
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
