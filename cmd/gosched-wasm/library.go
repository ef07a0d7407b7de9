//go:build js

package main

import (
	"errors"
	"syscall/js"
)

// library has the page fetch the part of the standard library that is no part of this
// program: see package stdlib's Lend. The page has it already, most often.
func (p *page) library() ([]byte, error) {
	type answer struct {
		data []byte
		err  error
	}
	done := make(chan answer, 1)
	took := js.FuncOf(func(_ js.Value, args []js.Value) any {
		data := make([]byte, args[0].Length())
		js.CopyBytesToGo(data, args[0])
		done <- answer{data: data}
		return nil
	})
	defer took.Release()
	failed := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- answer{err: errors.New(args[0].Get("message").String())}
		return nil
	})
	defer failed.Release()
	p.object.Call("library").Call("then", took, failed)
	a := <-done
	return a.data, a.err
}
