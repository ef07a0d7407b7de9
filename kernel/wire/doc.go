// Package wire carries Jupyter messages over ZeroMQ. It reads connection
// files, signs and checks messages, and serves the five sockets of a kernel:
// shell, control, stdin, iopub and heartbeat.
//
// ZMTP itself (greeting, security handshake, framing) is package zmtp's, one
// connection at a time. What makes sockets of connections is here: each
// handshake has a goroutine and a deadline of its own (listen.go), each peer a
// bounded queue (peer.go), which whoever sends writes as far as that takes no time and
// a goroutine of the peer's with a deadline (writing.go), and all together have a bound
// on what is kept for them (budget.go). Who has no key is told by where it comes
// from (origin.go). Subscriptions are seen, and Close delivers what is queued
// first (server.go). All figures are in limits.go.
//
// The package knows message framing and nothing of what messages mean: which
// requests there are and how they are answered is package kernel's business.
//
// Sources: https://jupyter-client.readthedocs.io/en/stable/messaging.html
// (protocol 5.5) and https://rfc.zeromq.org/spec/28/ (REQ and ROUTER).
package wire
