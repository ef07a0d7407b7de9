package wire

import "time"

// limits bounds what peers can cost. Tests use smaller ones.
type limits struct {
	// message bounds a message, all frames together, in bytes. Front ends send
	// source code and widget state; images in comm buffers are the largest
	// thing seen, a few MiB. 64 MiB leaves room and is no danger to the
	// process. note bounds what comes in on iopub and heartbeat: subscriptions
	// and pings.
	message, note int
	// handshake is how long a peer may take to say what it is; the value is
	// libzmq's own (ZMQ_HANDSHAKE_IVL).
	handshake time.Duration
	// write is how long a peer may accept nothing at all before it is let go.
	write time.Duration
	// pending bounds the connections of a socket that have not said what they
	// are; peers those that have; strangers those of them whom nothing
	// vouches for.
	pending, peers, strangers int
	// slow is how much may be queued for an iopub subscriber before a
	// publisher waits for it, and patience how long that may take; after that
	// the subscriber lags, and nobody waits for it until it has caught up. A
	// subscriber that reads at pace bytes a second or faster keeps its
	// publishers' patience for ever; one that has read nothing yet has an
	// advance of it. Where nobody keeps up, as with a single front end on a
	// machine that is busy, publishers stand still for as long as standstill.
	slow                          int
	patience, advance, standstill time.Duration
	pace                          int
	// queue bounds what is queued for a peer. One that falls further behind
	// is disconnected.
	queue int
	// kept bounds what is kept for all peers together, in bytes: messages that
	// are not yet whole and answers that are not yet taken. Of it strangers
	// may have stranger. What is published is not in it: however many wait for
	// it, it is there once, and queue bounds it.
	kept, stranger int
}

var defaultLimits = limits{
	message:    64 << 20,
	note:       4 << 10,
	handshake:  30 * time.Second,
	write:      30 * time.Second,
	pending:    64,
	peers:      1024,
	strangers:  128,
	slow:       8 << 20,
	patience:   250 * time.Millisecond,
	advance:    100 * time.Millisecond,
	standstill: time.Second,
	pace:       8 << 20,
	queue:      64 << 20,
	kept:       256 << 20,
	stranger:   32 << 20,
}
