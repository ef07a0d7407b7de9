// goto, labelled break and continue, in loops, switches and selects.
package main

import "fmt"

func loop(n int) (s int) {
	i := 0
again:
	if i < n {
		s += i
		i++
		goto again
	}
	return
}

func search(m [][]int, x int) (int, int) {
	var i, j int
rows:
	for i = range m {
		for j = range m[i] {
			switch {
			case m[i][j] == x:
				break rows
			case m[i][j] < 0:
				continue rows
			}
		}
	}
	return i, j
}

func retry() string {
	tries := 0
retry:
	tries++
	for {
		if tries < 3 {
			goto retry
		}
		goto done
	}
done:
	return fmt.Sprint("after ", tries)
}

func states(in string) (out string) {
	pos := 0
start:
	if pos >= len(in) {
		goto end
	}
	if c := in[pos]; c >= '0' && c <= '9' {
		goto digit
	}
	out += "L"
	pos++
	goto start
digit:
	out += "D"
	pos++
	goto start
end:
	return out
}

func main() {
	fmt.Println(loop(5), retry(), states("a1b22"))
	fmt.Println(search([][]int{{1, -1, 9}, {4, 5, 6}}, 5))
	fmt.Println(search([][]int{{1, -1, 9}, {4, 5, 6}}, 9))
	ch := make(chan int, 5)
	for i := range 5 {
		ch <- i
	}
	sum := 0
loop:
	for {
		select {
		case v := <-ch:
			if v == 1 {
				continue loop
			}
			sum += v
			if v == 3 {
				break loop
			}
		default:
			break loop
		}
	}
	fmt.Println(sum, len(ch))
sw:
	switch x := sum; {
	case x > 0:
		for {
			break sw
		}
	default:
		fmt.Println("not reached")
	}
	var fs []func()
	i := 0
top:
	x := i
	fs = append(fs, func() { fmt.Print(x, " ") })
	i++
	if i < 3 {
		goto top
	}
	for _, f := range fs {
		f()
	}
	fmt.Println()
	for i, j := 0, 10; i < j; i, j = i+1, j-2 {
		if i%2 == 0 {
			continue
		}
		fmt.Print(i, j, " ")
	}
	fmt.Println()
}
