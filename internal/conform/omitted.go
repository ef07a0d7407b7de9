package main

// omittedByName are programs of Go's test directory that no rule of [unfit]
// finds, with the reason why they are none for cells.
var omittedByName = map[string]string{}
