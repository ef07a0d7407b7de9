package main

import (
	"fmt"
	"strings"
	"time"
)

func main() {
	start := time.Now()
	text := strings.Repeat("the quick brown fox jumps over the lazy dog and the cat ", 10_000)
	counts := map[string]int{}
	begin := 0
	for i := 0; i < len(text); i++ {
		if text[i] == ' ' {
			counts[text[begin:i]]++
			begin = i + 1
		}
	}
	if counts["the"] != 30_000 || len(counts) != 10 {
		panic(fmt.Sprint(counts))
	}
	fmt.Println("ns", time.Since(start).Nanoseconds())
}
