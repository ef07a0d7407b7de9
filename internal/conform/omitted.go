package main

// omittedByName are programs of Go's test directory that no rule of [unfit]
// finds, with the reason why they are none for cells.
var omittedByName = map[string]string{
	"winbatch.go":             "reads the files of the toolchain",
	"divmod.go":               "billions of divisions take a minute",
	"fixedbugs/issue13169.go": "copying arrays of every size takes a minute",
	"fixedbugs/issue79186.go": "looks for reordered memory accesses of the processor with 50 million locks",
	"fixedbugs/issue16249.go": "its deep recursion takes half a minute",
}
