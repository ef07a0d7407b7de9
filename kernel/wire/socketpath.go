//go:build !js

package wire

import "syscall"

// maxSocketPath is the longest path of a socket file that the system takes, in
// bytes: 107 on Linux, 103 on macOS.
const maxSocketPath = len(syscall.RawSockaddrUnix{}.Path) - 1
