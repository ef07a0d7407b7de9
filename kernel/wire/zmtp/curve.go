package zmtp

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/nacl/box"
)

// Lengths of the handshake's commands, https://rfc.zeromq.org/spec/26/.
const (
	cookieSize  = 96
	helloSize   = 6 + 2 + 72 + KeySize + 8 + 64 + box.Overhead
	welcomeSize = 8 + 16 + KeySize + cookieSize + box.Overhead
	vouchSize   = 2*KeySize + box.Overhead
	// initiateSize is without metadata.
	initiateSize = 9 + cookieSize + 8 + KeySize + 16 + vouchSize + box.Overhead
	readySize    = 6 + 8 + box.Overhead
)

// Why a CURVE handshake fails. What exactly was wrong with a box is nobody's
// business.
var (
	errHello    = errors.New("CURVE handshake: the client does not know this server's key, or its HELLO is malformed")
	errWelcome  = errors.New("CURVE handshake: the server does not have the key that was expected, or its WELCOME is malformed")
	errInitiate = errors.New("CURVE handshake: malformed INITIATE")
	errReady    = errors.New("CURVE handshake: malformed READY")
)

// A curveServer is the accepting end of a CURVE handshake. Who does not know
// its public key gets nowhere: the key is never on the wire.
type curveServer struct {
	secret, public Key
	client         Key // the client's, for this connection
	mine           Key // this end's secret, for this connection
	cookie         [cookieSize]byte
	number         uint64 // of the client's last nonce
}

// welcome reads HELLO and returns WELCOME.
func (s *curveServer) welcome(hello []byte) ([]byte, error) {
	if len(hello) != helloSize || string(hello[:8]) != "\x05HELLO\x01\x00" {
		return nil, errHello
	}
	rest := hello[8+72:]
	copy(s.client[:], rest)
	rest = rest[KeySize:]
	s.number = binary.BigEndian.Uint64(rest)
	proof, ok := box.Open(nil, rest[8:], shortNonce(nonceHello, s.number), (*[32]byte)(&s.client), (*[32]byte)(&s.secret))
	if !ok || !bytes.Equal(proof, make([]byte, 64)) {
		return nil, errHello
	}
	public, mine, err := box.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	s.mine = Key(*mine)
	// Only this end looks into the cookie. It need not hold anything, since
	// the connection remembers whom it was made for.
	var random [16]byte
	rand.Read(s.cookie[:])
	rand.Read(random[:])
	out := append([]byte("\x07WELCOME"), random[:]...)
	plain := append(public[:], s.cookie[:]...)
	return box.Seal(out, plain, longNonce(nonceWelcome, random[:]), (*[32]byte)(&s.client), (*[32]byte)(&s.secret)), nil
}

// initiate reads INITIATE and returns what the client says of itself.
func (s *curveServer) initiate(cmd []byte) (*cipher, metadata, error) {
	if len(cmd) < initiateSize || string(cmd[:9]) != "\x08INITIATE" {
		return nil, metadata{}, errInitiate
	}
	rest := cmd[9:]
	if subtle.ConstantTimeCompare(rest[:cookieSize], s.cookie[:]) != 1 {
		return nil, metadata{}, errInitiate
	}
	rest = rest[cookieSize:]
	n := binary.BigEndian.Uint64(rest)
	c := newCipher(&s.client, &s.mine, true)
	c.received = s.number
	plain, ok := box.OpenAfterPrecomputation(nil, rest[8:], shortNonce(nonceInitiate, n), &c.shared)
	if !ok || c.accept(n) != nil {
		return nil, metadata{}, errInitiate
	}
	// The client's own key vouches for the one of this connection.
	own, vouch := Key(plain[:KeySize]), plain[KeySize:]
	said, ok := box.Open(nil, vouch[16:16+vouchSize], longNonce(nonceVouch, vouch[:16]), (*[32]byte)(&own), (*[32]byte)(&s.mine))
	if !ok || !bytes.Equal(said, append(s.client[:], s.public[:]...)) {
		return nil, metadata{}, errInitiate
	}
	m, err := parseMetadata(vouch[16+vouchSize:])
	return c, m, err
}

// curveReady returns READY.
func curveReady(c *cipher, m metadata) ([]byte, error) {
	n, err := c.next()
	if err != nil {
		return nil, err
	}
	out := binary.BigEndian.AppendUint64([]byte("\x05READY"), n)
	return box.SealAfterPrecomputation(out, m.append(nil), shortNonce(nonceReady, n), &c.shared), nil
}

// serveCurve shakes hands as a server.
func serveCurve(rw io.ReadWriter, secret Key, ours metadata) (*cipher, metadata, error) {
	s := &curveServer{secret: secret, public: secret.Public()}
	hello, err := readCommand(rw, helloSize)
	if err != nil {
		return nil, metadata{}, err
	}
	welcome, err := s.welcome(hello)
	if err != nil {
		return nil, metadata{}, err
	}
	if err := writeCommand(rw, welcome); err != nil {
		return nil, metadata{}, err
	}
	initiate, err := readCommand(rw, handshakeFrame)
	if err != nil {
		return nil, metadata{}, err
	}
	c, theirs, err := s.initiate(initiate)
	if err != nil {
		return nil, metadata{}, err
	}
	ready, err := curveReady(c, ours)
	if err != nil {
		return nil, metadata{}, err
	}
	return c, theirs, writeCommand(rw, ready)
}

// dialCurve shakes hands as a client that knows the server's public key; ours
// is its metadata.
func dialCurve(rw io.ReadWriter, server, secret Key, ours []byte) (*cipher, metadata, error) {
	fail := func(err error) (*cipher, metadata, error) { return nil, metadata{}, err }
	public, mine, err := box.GenerateKey(rand.Reader)
	if err != nil {
		return fail(err)
	}
	out := append([]byte("\x05HELLO\x01\x00"), make([]byte, 72)...)
	out = append(out, public[:]...)
	out = binary.BigEndian.AppendUint64(out, 1)
	out = box.Seal(out, make([]byte, 64), shortNonce(nonceHello, 1), (*[32]byte)(&server), mine)
	if err := writeCommand(rw, out); err != nil {
		return fail(err)
	}
	welcome, err := readCommand(rw, welcomeSize)
	if err != nil {
		return fail(err)
	}
	if len(welcome) != welcomeSize || string(welcome[:8]) != "\x07WELCOME" {
		return fail(errWelcome)
	}
	plain, ok := box.Open(nil, welcome[24:], longNonce(nonceWelcome, welcome[8:24]), (*[32]byte)(&server), mine)
	if !ok {
		return fail(errWelcome)
	}
	theirs, cookie := Key(plain[:KeySize]), plain[KeySize:]
	c := newCipher(&theirs, (*Key)(mine), false)
	c.sent = 1

	own := secret.Public()
	var random [16]byte
	rand.Read(random[:])
	say := append(own[:], random[:]...)
	say = box.Seal(say, append(public[:], server[:]...), longNonce(nonceVouch, random[:]), (*[32]byte)(&theirs), (*[32]byte)(&secret))
	say = append(say, ours...)
	n, err := c.next()
	if err != nil {
		return fail(err)
	}
	out = append([]byte("\x08INITIATE"), cookie...)
	out = binary.BigEndian.AppendUint64(out, n)
	out = box.SealAfterPrecomputation(out, say, shortNonce(nonceInitiate, n), &c.shared)
	if err := writeCommand(rw, out); err != nil {
		return fail(err)
	}
	ready, err := readCommand(rw, handshakeFrame)
	if err != nil {
		return fail(err)
	}
	if len(ready) < readySize || string(ready[:6]) != "\x05READY" {
		return fail(errReady)
	}
	n = binary.BigEndian.Uint64(ready[6:])
	said, ok := box.OpenAfterPrecomputation(nil, ready[14:], shortNonce(nonceReady, n), &c.shared)
	if !ok || c.accept(n) != nil {
		return fail(errReady)
	}
	m, err := parseMetadata(said)
	return c, m, err
}

// readCommand reads a command of the handshake, with its name.
func readCommand(r io.Reader, limit int) ([]byte, error) {
	flags, body, err := readFrame(r, limit, nil)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", noEOF(err))
	}
	if flags != flagCommand {
		return nil, errors.New("handshake: a message came before its end")
	}
	if name, data, err := splitCommand(body); err == nil && name == "ERROR" {
		if len(data) > 0 {
			data = data[1:] // the length
		}
		return nil, fmt.Errorf("handshake: the peer says %.100q", data)
	}
	return body, nil
}

func writeCommand(w io.Writer, body []byte) error {
	_, err := w.Write(appendFrame(nil, flagCommand, body))
	return err
}
