//go:build !unix

package wire

import (
	"net"
	"syscall"
)

// Sockets of other systems cannot be written to without waiting.
func rawConn(net.Conn) syscall.RawConn { return nil }

func tryWrite(syscall.RawConn, []byte) int { return 0 }
