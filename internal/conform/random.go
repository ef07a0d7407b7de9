package main

import (
	"fmt"

	"github.com/gosched/gosched/internal/conform/random"
)

// numericUnits is how many units a program of numbers has.
const numericUnits = 50

// numericPrograms returns n programs of numbers, from a seed.
func numericPrograms(seed uint64, n int) []program {
	var all []program
	for i := range n {
		s := seed + uint64(i)
		all = append(all, program{name: fmt.Sprintf("numbers/%d.go", s), group: "numbers", source: random.Numbers(s, numericUnits)})
	}
	return all
}

// randomPrograms returns n programs that nobody wrote, from a seed.
func randomPrograms(seed uint64, n int) []program {
	var all []program
	for i := range n {
		s := seed + uint64(i)
		all = append(all, program{name: fmt.Sprintf("random/%d.go", s), group: "random", source: random.Program(s)})
	}
	return all
}
