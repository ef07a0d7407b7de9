package wire

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"time"
)

// accountOf asks the system whose the other end of a TCP connection is. It
// returns unknown if that is not on this machine or in this network namespace,
// or if the system does not tell.
//
// The question is an inet_diag_req_v2 for one socket, the answer an
// inet_diag_msg, sock_diag(7).
func accountOf(theirs, ours netip.AddrPort) int {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, netlinkSockDiag)
	if err != nil {
		return unknown
	}
	defer syscall.Close(fd)
	timeout := syscall.NsecToTimeval(int64(time.Second))
	if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &timeout); err != nil {
		return unknown
	}
	if err := syscall.Sendto(fd, diagRequest(theirs, ours), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return unknown
	}
	var answer [4096]byte
	n, _, err := syscall.Recvfrom(fd, answer[:], 0)
	if err != nil {
		return unknown
	}
	return diagAccount(answer[:n])
}

const (
	netlinkSockDiag  = 4  // NETLINK_SOCK_DIAG
	sockDiagByFamily = 20 // SOCK_DIAG_BY_FAMILY
	diagUID          = syscall.NLMSG_HDRLEN + 64
	diagAllStates    = 0xffffffff
	diagNoCookie     = 0xffffffff
	diagRequestSize  = syscall.NLMSG_HDRLEN + 56
)

// diagRequest asks for the socket that is bound to theirs and connected to
// ours.
func diagRequest(theirs, ours netip.AddrPort) []byte {
	order := binary.NativeEndian
	src, dst := theirs.Addr(), ours.Addr()
	family := byte(syscall.AF_INET6)
	if src.Unmap().Is4() && dst.Unmap().Is4() {
		family, src, dst = syscall.AF_INET, src.Unmap(), dst.Unmap()
	}
	b := order.AppendUint32(make([]byte, 0, diagRequestSize), diagRequestSize)
	b = order.AppendUint16(b, sockDiagByFamily)
	b = order.AppendUint16(b, syscall.NLM_F_REQUEST)
	b = append(b, make([]byte, 8)...) // sequence, port
	b = append(b, family, syscall.IPPROTO_TCP, 0, 0)
	b = order.AppendUint32(b, diagAllStates)
	b = binary.BigEndian.AppendUint16(b, theirs.Port())
	b = binary.BigEndian.AppendUint16(b, ours.Port())
	for _, a := range []netip.Addr{src, dst} {
		var field [16]byte
		copy(field[:], a.AsSlice())
		b = append(b, field[:]...)
	}
	b = append(b, 0, 0, 0, 0) // any interface
	b = order.AppendUint32(b, diagNoCookie)
	return order.AppendUint32(b, diagNoCookie)
}

// diagAccount reads the answer.
func diagAccount(b []byte) int {
	if len(b) < diagUID+4 || binary.NativeEndian.Uint16(b[4:]) != sockDiagByFamily {
		return unknown // no such socket, most likely: the peer is elsewhere
	}
	return int(binary.NativeEndian.Uint32(b[diagUID:]))
}
