// The order of deferred calls, their arguments, and where recover works.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
)

func order() {
	for i := range 3 {
		defer fmt.Print(i, " ")
	}
	x := 1
	defer fmt.Println("x was", x)
	x = 2
	defer func() { fmt.Println("x is", x) }()
	defer func(f func()) { f() }(func() { fmt.Println("x from arg", x) })
	x = 3
}

func named() (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("wrapped: %v", r)
		}
		n *= 2
	}()
	n = 21
	panic("p")
}

func resultOverride() (s string) {
	defer func() { s = "deferred(" + s + ")" }()
	return "returned"
}

func unnamed() int {
	n := 1
	defer func() { n = 100 }()
	return n
}

func helper() any { return recover() }

func notDirect() (r any) {
	defer func() { r = recover() }()
	defer func() {
		func() {
			if v := recover(); v != nil {
				fmt.Println("wrong: nested recover")
			}
		}()
	}()
	panic("outer")
}

func direct() {
	defer fmt.Println("direct done")
	defer helper()
	panic("direct")
}

func repanic() (out []any) {
	defer func() { out = append(out, recover()) }()
	defer func() {
		r := recover()
		out = append(out, r)
		panic(fmt.Sprint("again ", r))
	}()
	panic("once")
}

func replaced() {
	defer func() { fmt.Println("last:", recover()) }()
	defer func() { panic("second") }()
	panic("first")
}

func nested() {
	defer func() {
		fmt.Println("outer sees", recover())
	}()
	defer func() {
		defer func() { fmt.Println("inner sees", recover()) }()
		panic("inner")
	}()
	panic("outer")
}

type T struct{ name string }

func (t T) Close()   { fmt.Print("close ", t.name, "; ") }
func (t *T) PClose() { fmt.Print("pclose ", t.name, "; ") }

func methods() {
	t := T{"a"}
	defer fmt.Println()
	defer t.Close()
	defer t.PClose()
	t.name = "b"
	var c interface{ Close() } = t
	defer c.Close()
	c = T{"z"}
}

func nilFunc() {
	defer func() { fmt.Println(recover()) }()
	var f func()
	defer f()
	fmt.Println("before nil func runs")
}

func goexit() {
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { fmt.Println("goexit recover:", recover()) }()
		runtime.Goexit()
	}()
	<-done
}

func values() {
	for _, v := range []any{1, "s", errors.New("e"), os.ErrExist, T{"t"}, 1.5, []int{1}} {
		func() {
			defer func() {
				r := recover()
				_, isErr := r.(error)
				fmt.Printf("%T %v %v; ", r, r, isErr)
			}()
			panic(v)
		}()
	}
	fmt.Println()
	defer func() {
		r := recover()
		var pe *runtime.PanicNilError
		// From Go 1.27 on, it says that it is a runtime error.
		text := strings.TrimPrefix(r.(error).Error(), "runtime error: ")
		fmt.Println(text, errors.As(r.(error), &pe))
	}()
	panic(nil)
}

func loop() (n int) {
	for i := 0; i < 3; i++ {
		func() {
			defer func() {
				if recover() != nil {
					n += i
				}
			}()
			if i != 1 {
				panic(i)
			}
		}()
	}
	return n
}

func main() {
	order()
	fmt.Println()
	fmt.Println(named())
	fmt.Println(resultOverride(), unnamed(), notDirect(), repanic())
	direct()
	replaced()
	nested()
	methods()
	nilFunc()
	goexit()
	values()
	fmt.Println(loop(), recover())
}
