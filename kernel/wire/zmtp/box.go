package zmtp

import (
	"encoding/binary"
	"errors"
	"math"

	"golang.org/x/crypto/nacl/box"
)

// A nonce of CurveZMQ is a prefix that says what it is for, and a number or
// random bytes that never repeat under the same key.
func shortNonce(prefix string, n uint64) *[24]byte {
	var nonce [24]byte
	copy(nonce[:16], prefix)
	binary.BigEndian.PutUint64(nonce[16:], n)
	return &nonce
}

func longNonce(prefix string, random []byte) *[24]byte {
	var nonce [24]byte
	copy(nonce[:8], prefix)
	copy(nonce[8:], random)
	return &nonce
}

// Prefixes of nonces, https://rfc.zeromq.org/spec/26/.
const (
	nonceHello      = "CurveZMQHELLO---"
	nonceWelcome    = "WELCOME-"
	nonceVouch      = "VOUCH---"
	nonceInitiate   = "CurveZMQINITIATE"
	nonceReady      = "CurveZMQREADY---"
	nonceFromClient = "CurveZMQMESSAGEC"
	nonceFromServer = "CurveZMQMESSAGES"
)

// messageHead begins every frame after a CURVE handshake: the name MESSAGE as
// a command has it, then eight bytes of nonce, then the box.
const messageHead = "\x07MESSAGE"

// boxOverhead is what encryption adds to a frame: the head, the nonce, the
// box's tag and the inner flags.
const boxOverhead = len(messageHead) + 8 + box.Overhead + 1

// Flags inside of a box.
const (
	innerMore    = 1
	innerCommand = 2
)

var (
	errMessage = errors.New("not a CURVE message: it does not open with the session's key")
	errNonces  = errors.New("no nonces are left on this connection")
)

// A cipher is one end's view of an encrypted connection.
type cipher struct {
	shared           [KeySize]byte
	sendAs, expectAs string // prefixes of nonces
	sent, received   uint64 // the last numbers
}

func newCipher(theirs, ours *Key, server bool) *cipher {
	c := &cipher{sendAs: nonceFromClient, expectAs: nonceFromServer}
	if server {
		c.sendAs, c.expectAs = c.expectAs, c.sendAs
	}
	box.Precompute(&c.shared, (*[KeySize]byte)(theirs), (*[KeySize]byte)(ours))
	return c
}

// next returns the number of the next nonce.
func (c *cipher) next() (uint64, error) {
	if c.sent == math.MaxUint64 {
		return 0, errNonces
	}
	c.sent++
	return c.sent, nil
}

// accept checks that a number is larger than all before it, so that nothing
// that was recorded can be sent again.
func (c *cipher) accept(n uint64) error {
	if n <= c.received {
		return errors.New("a CURVE message came again")
	}
	c.received = n
	return nil
}

// seal appends an encrypted frame with its header.
func (c *cipher) seal(b []byte, flags byte, body []byte) ([]byte, error) {
	n, err := c.next()
	if err != nil {
		return b, err
	}
	var inner byte
	if flags&flagMore != 0 {
		inner |= innerMore
	}
	if flags&flagCommand != 0 {
		inner |= innerCommand
	}
	plain := append(append(make([]byte, 0, 1+len(body)), inner), body...)
	b = appendFrameHeader(b, 0, len(body)+boxOverhead)
	b = append(b, messageHead...)
	b = binary.BigEndian.AppendUint64(b, n)
	return box.SealAfterPrecomputation(b, plain, shortNonce(c.sendAs, n), &c.shared), nil
}

// open decrypts the body of a frame.
func (c *cipher) open(sealed []byte) (flags byte, body []byte, err error) {
	if len(sealed) < boxOverhead || string(sealed[:len(messageHead)]) != messageHead {
		return 0, nil, errMessage
	}
	n := binary.BigEndian.Uint64(sealed[len(messageHead):])
	plain, ok := box.OpenAfterPrecomputation(nil, sealed[len(messageHead)+8:], shortNonce(c.expectAs, n), &c.shared)
	if !ok {
		return 0, nil, errMessage
	}
	if err := c.accept(n); err != nil {
		return 0, nil, err
	}
	if plain[0]&innerMore != 0 {
		flags |= flagMore
	}
	if plain[0]&innerCommand != 0 {
		flags |= flagCommand
	}
	if flags == flagMore|flagCommand {
		return 0, nil, errFrameFlags
	}
	return flags, plain[1:], nil
}
