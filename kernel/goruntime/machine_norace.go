//go:build !race

package goruntime

func raceAcquire(*MachineContext) {}

func raceRelease(*MachineContext) {}
