// Package wire carries Jupyter messages over ZeroMQ. It reads connection
// files, signs and checks messages, and serves the five sockets of a kernel:
// shell, control, stdin, iopub and heartbeat.
//
// ZMTP itself (greeting, security handshake, framing) is zmq4's. What zmq4's
// own socket types lack is here, around its connections: each handshake has a
// goroutine and a deadline of its own, each peer a bounded queue and a write
// deadline, frames are held back until they are whole and within bounds,
// writes are coalesced, subscriptions are seen, and Close delivers what is
// queued first.
//
// The package knows message framing and nothing of what messages mean: which
// requests there are and how they are answered is package kernel's business.
//
// Sources: https://jupyter-client.readthedocs.io/en/stable/messaging.html
// (protocol 5.5) and https://rfc.zeromq.org/spec/23/ (ZMTP 3.0).
package wire
