// Command gosched is a Jupyter kernel for Go, and what installs and runs it.
//
// Exit codes: 0 when all went well; 1 when something failed, such as a cell
// of a notebook or a check of the doctor; 2 when the command line is wrong;
// 130 when Ctrl-C ended it. `gosched lab` passes on JupyterLab's.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), thisProcess(), os.Args[1:]))
}
