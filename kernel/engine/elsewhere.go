package engine

import (
	"fmt"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
)

// elsewhere says what to do here for commands of other kernels.
var elsewhere = map[string]string{
	"lsmagic": "%help lists what there is",
	"magic":   "%help lists what there is",
	"help":    "%help lists what there is",
	"version": "%engine says which engine runs the cells; runtime.Version() is Go's version",
	"timeit":  "%%time times a cell; for a benchmark, use testing.Benchmark(func(b *testing.B) { for b.Loop() { f() } })",
	"cmd":     "%%bash runs the rest of the cell as a script",
	"pyfile":  "%run runs a file of Go",
	"load":    "%run runs a file of Go; !cat shows one",

	"ls":    "!ls lists a folder, %list what cells have declared",
	"cat":   "!cat shows a file",
	"mkdir": "!mkdir makes a folder",
	"cp":    "!cp copies files",
	"mv":    "!mv moves files",

	"set_env": "%env NAME=value sets a variable of the environment",
	"exec":    "call the function in a cell of its own",
	"remove":  "%reset NAME forgets what a cell has declared",
	"dhist":   "%cd - goes back to the folder before",

	"pip":       moduleInstead,
	"conda":     moduleInstead,
	"go":        moduleInstead,
	"autoget":   "%get -auto on downloads what cells import",
	"noautoget": "%get -auto off has each module asked for; it is so from the beginning",
	"track":     moduleInstead,
	"untrack":   moduleInstead,
	"goworkfix": moduleInstead,
	"goflags":   "cells are not built by the go command; its flags have no meaning here",

	"go111module":   moduleInstead,
	"with_inputs":   "!program </dev/tty has no meaning in a notebook; write !echo answer | program",
	"with_password": "programs cannot ask for a password; give it in their environment with %env",
	"wasm":          "display.HTML shows pages with scripts; gosched compiles no WebAssembly",
	"widgets":       "widgets are there without a command: widgets.NewIntSlider(\"n\", 0, 10, 5)",
	"widgets_hb":    "widgets are there without a command: widgets.NewIntSlider(\"n\", 0, 10, 5)",

	"restart":    "restart the kernel: Kernel > Restart Kernel in the menu",
	"matplotlib": "display.Line, Scatter, Bars, Histogram, Box and HeatMap draw charts; an image.Image and display.SVG show pictures",
}

const moduleInstead = "%get github.com/google/uuid, for example, downloads a module for cells to import"

// colons says what to do here for commands that begin with a colon, which gophernotes
// had and gomacro, on which it runs, has. ARGS stands for what comes after them.
var colons = map[string]string{
	"import":       `import "ARGS"`,
	"i":            `import "ARGS"`,
	"type":         "%doc ARGS",
	"t":            "%doc ARGS",
	"doc":          "%doc ARGS",
	"d":            "%doc ARGS",
	"inspect":      "%doc ARGS",
	"print":        "%list",
	"p":            "%list",
	"env":          "%list",
	"write":        "%save ARGS",
	"w":            "%save ARGS",
	"clear":        "%reset",
	"c":            "%reset",
	"unload":       "%reset ARGS",
	"vendor":       "%get ARGS",
	"package":      "nothing: all cells are one package",
	"options":      "nothing: there are no such options",
	"debug":        "%%trace before the cell shows what it does",
	"containerize": "!gosched export NOTEBOOK makes a Go program of a notebook",
	"help":         "%help",
	"h":            "%help",
	"quit":         "nothing: Kernel > Restart Kernel in the menu ends the session",
	"q":            "nothing: Kernel > Restart Kernel in the menu ends the session",
}

// samples stand for arguments that are missing.
var samples = map[string]string{"import": "fmt", "i": "fmt", "write": "cells.go", "w": "cells.go", "vendor": "github.com/google/uuid"}

// insteadOfColon says what to write in place of a command with a colon.
func insteadOfColon(m cell.Magic) string {
	instead := colons[m.Name]
	if instead == "" {
		return fmt.Sprintf("there is no command :%s\n\tcommands begin with %%; %%help lists them", m.Name)
	}
	args := strings.Trim(m.Args, `"`)
	if args == "" {
		if args = samples[m.Name]; args == "" {
			args = "NAME"
		}
	}
	return fmt.Sprintf(":%s is gophernotes'\n\twrite %s", m.Name, strings.ReplaceAll(instead, "ARGS", args))
}
