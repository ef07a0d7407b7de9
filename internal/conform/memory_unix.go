//go:build unix

package main

import "syscall"

// limitMemory bounds the data of this process, where the system can. What is
// not enforced costs no more than a slower failure.
func limitMemory(bytes uint64) {
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: bytes, Max: bytes})
}
