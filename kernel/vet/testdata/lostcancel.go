package main

import "context"

func main() {
	f := func() context.Context {
		ctx, cancel := context.WithCancel(context.Background()) // want "the cancel function is not used on all paths"
		if ctx.Err() != nil {
			cancel()
		}
		return ctx // want "may be reached without using the cancel var defined on line"
	}
	_ = f
}
