//go:build unix

package main

import "syscall"

// ownProcessGroup keeps the terminal's signals from a child.
func ownProcessGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
