/*
Package race finds data races: two accesses of the same memory by different
goroutines, at least one of them a write, that nothing orders. What orders them
is happens-before as Go's memory model defines it, kept as vector clocks in the
manner of FastTrack (Flanagan and Freund, PLDI 2009): an access is remembered as
an epoch, the goroutine and the value of its clock, and is ordered before all
that has seen that value.

A [Detector] is a [sched.Detector], told what the goroutines of a session do.
Underneath, [Detector.Start] and [Goroutine.Go] make a [Goroutine], whose methods
take accesses ([Goroutine.Access], [Goroutine.Born]) and what orders them
([Goroutine.Acquire], [Goroutine.Release], [Goroutine.Merge]). It hands a [Report]
for each pair of places to whoever has made it.

	clock.go      vector clocks
	goroutine.go  goroutines, their slots in the clocks
	shadow.go     what is remembered of each word of memory
	access.go     an access, against what is remembered
	spot.go       where accesses were made
	reuse.go      memory that the garbage collector gives to somebody else
	sync.go       whatever releases and acquires
	observer.go   locks, channels and the like, as package sched tells of them
	report.go     reports, in the words of Go's race detector

It knows nothing of cells, SSA or how code is run. Its memory is bounded:
where a program touches more than the detector remembers, the detector forgets,
and then misses races but never reports one that is not there.
*/
package race
