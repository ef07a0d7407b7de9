package main

import (
	"bytes"
	"fmt"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"
)

var total = regexp.MustCompile(`total (\d+)`)

// leaked counts what the leak profile names.
func leaked() int {
	runtime.GC()
	var text bytes.Buffer
	pprof.Lookup("goroutineleak").WriteTo(&text, 1)
	n, _ := strconv.Atoi(total.FindStringSubmatch(text.String())[1])
	return n
}

// report runs a program and says how many goroutines it has leaked.
func report(name string, program func()) {
	before := leaked()
	program()
	time.Sleep(100 * time.Millisecond)
	fmt.Println(name, leaked()-before)
}
