//go:build unix

package wire

import (
	"net"
	"syscall"
)

// rawConn is what [tryWrite] needs of a connection; nil where it cannot be had.
func rawConn(nc net.Conn) syscall.RawConn {
	c, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// tryWrite writes what a connection takes at once, and returns how many bytes that are.
// An error is met again by whoever writes the rest.
func tryWrite(raw syscall.RawConn, b []byte) (n int) {
	err := raw.Write(func(fd uintptr) bool {
		n, _ = syscall.Write(int(fd), b)
		return true
	})
	if err != nil {
		return 0
	}
	return max(n, 0)
}
