/*
Package explore knows schedules: how to choose those that are worth a try, how
they are named, and what to tell of the ways in which a program ended under them.
It is given the questions of a controlled execution (package control) and the
outcomes; it runs nothing.

	seed.go         names of schedules
	walk.go         random walks, and probabilistic concurrency testing
	exhaust.go      all schedules of a small program
	outcome.go      how a run ended
	table.go        the outcomes of many runs, and their table
*/
package explore
