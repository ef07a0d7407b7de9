package engine

import (
	"fmt"
	"testing"
	"time"
)

// Of goroutines that wait to send on one channel some are killed: the values of
// the others arrive, once each, whatever their type.
func TestContract13_KilledAmongSenders(t *testing.T) {
	for typ, value := range map[string]string{
		"int":                  "i",
		"int32":                "int32(-i)",
		"int16":                "int16(i)",
		"uint8":                "uint8(i)",
		"bool":                 "i%2 == 0",
		"float64":              "math.NaN()",
		"string":               `fmt.Sprint("v", i)`,
		"*int":                 "&numbers[i]",
		"[]byte":               "[]byte{byte(i)}",
		"[]string":             "nil",
		"any":                  "i",
		"error":                "fmt.Errorf(\"error %d\", i)",
		"struct{}":             "struct{}{}",
		"struct{ a, b int32 }": "struct{ a, b int32 }{int32(i), 1}",
		"[3]string":            "[3]string{2: fmt.Sprint(i)}",
		"func()":               "func() {}",
		"chan<- int":           "make(chan int)",
	} {
		t.Run(typ, func(t *testing.T) {
			nb := open(t)
			start := fmt.Sprintf("for i := range 20 { var v %s = %s; go func() { ch <- v }() }", typ, value)
			nb.run(fmt.Sprintf("var numbers [20]int\nch := make(chan %s)", typ))
			nb.run(start)
			nb.run(start)
			nb.run("for i := range 20 { var v " + typ + " = " + value + "; go func() { select { case ch <- v: case <-make(chan int): } }() }")
			nb.e.sched.Settle(time.Second)
			nb.run("%kill cell 2")
			if got := nb.run(`n := 0
for n < 40 {
	<-ch
	n++
}
select {
case v := <-ch:
	fmt.Println("also", v)
case <-time.After(30 * time.Millisecond):
}
n`); got != "=> 40" {
				t.Errorf("received %s", got)
			}
			if list := nb.e.sched.List(); len(list) != 0 {
				t.Errorf("goroutines are left: %v", list)
			}
		})
	}
}
