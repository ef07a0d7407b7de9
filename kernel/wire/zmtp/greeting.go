package zmtp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// greetingSize is the length of a ZMTP 3 greeting: signature 10, version 2,
// mechanism 20, as-server 1, filler 31.
const greetingSize = 64

// Names of mechanisms, as greetings have them.
const (
	mechanismNull  = "NULL"
	mechanismCurve = "CURVE"
)

// errGreeting says that the other end is something else than ZeroMQ.
var errGreeting = errors.New("greeting: not a ZeroMQ peer")

func appendGreeting(b []byte, mechanism string, server bool) []byte {
	var g [greetingSize]byte
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:32], mechanism)
	if server {
		g[32] = 1
	}
	return append(b, g[:]...)
}

// readGreeting reads the other end's greeting and checks that it speaks ZMTP 3
// with the same mechanism. A peer that speaks something else is told apart by
// its first bytes, so that it need not send all 64.
func readGreeting(r io.Reader, mechanism string) error {
	var g [greetingSize]byte
	if _, err := io.ReadFull(r, g[:11]); err != nil {
		return fmt.Errorf("greeting: %w", noEOF(err))
	}
	if g[0] != 0xff || g[9]&1 != 1 {
		return errGreeting
	}
	if g[10] < 3 {
		return fmt.Errorf("greeting: version %d of ZMTP, 3 is needed", g[10])
	}
	if _, err := io.ReadFull(r, g[11:]); err != nil {
		return fmt.Errorf("greeting: %w", noEOF(err))
	}
	if theirs := string(bytes.TrimRight(g[12:32], "\x00")); theirs != mechanism {
		return fmt.Errorf("greeting: security mechanism %.20q, where %s is spoken", theirs, mechanism)
	}
	return nil
}
