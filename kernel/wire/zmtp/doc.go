// Package zmtp speaks ZMTP 3, ZeroMQ's protocol, over one connection: greeting,
// security handshake, messages and commands. It knows the mechanisms NULL and
// CURVE.
//
// It is written for peers that nobody vouches for: every length is checked
// before it is believed, memory is taken as bytes arrive and never as much as a
// peer announces, and whoever owns the connection is asked before more is
// taken. Deadlines are the owner's, on the net.Conn.
//
// The package knows nothing of sockets that have several peers, of queues, or
// of Jupyter.
//
// Sources: https://rfc.zeromq.org/spec/23/ (ZMTP 3.0),
// https://rfc.zeromq.org/spec/26/ (CurveZMQ), https://rfc.zeromq.org/spec/32/
// (Z85).
package zmtp
