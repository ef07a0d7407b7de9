package worker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame on the channel is the length of what follows, four bytes, least
// significant first; one byte for its kind; the number of the request that it
// belongs to, as an unsigned varint; and a payload that the kind decides.
const (
	frameHeader = 4
	// maxFrame bounds one frame, in bytes. It is far above what a front end
	// can show, and low enough that a damaged length is noticed.
	maxFrame = 256 << 20
	// frameStep is how much memory a length is believed for before its bytes
	// have come.
	frameStep = 1 << 20
)

type kind byte

// Kinds of frames. The supervisor sends the first group, the child the second.
const (
	kindHello kind = 1 + iota
	kindExecute
	kindComplete
	kindInspect
	kindIsComplete
	kindCancel
	kindAck
	kindInputReply
	kindPing
	kindSubshells
	kindFlush
	kindComm
)

const (
	kindReady kind = 64 + iota
	kindStartFailed
	kindEvent
	kindResult
	kindCompletion
	kindInspection
	kindCompleteness
	kindError
	kindInput
	kindInputCancel
	kindRelease
	kindPong
	kindFlushed
	kindComms
)

var errFrameTooBig = fmt.Errorf("message is larger than %d MB", maxFrame>>20)

// appendFrame adds a frame to b; payload may be nil.
func appendFrame(b []byte, k kind, id uint64, payload func([]byte) []byte) ([]byte, error) {
	start := len(b)
	b = append(b, 0, 0, 0, 0, byte(k))
	b = binary.AppendUvarint(b, id)
	if payload != nil {
		b = payload(b)
	}
	n := len(b) - start - frameHeader
	if n > maxFrame {
		return b[:start], errFrameTooBig
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(n))
	return b, nil
}

// readFrame reads one frame. The payload is valid until the next call with the
// same buffer, which readFrame grows as needed. The error is io.EOF only where
// the stream ends between frames.
func readFrame(r io.Reader, buf *[]byte) (k kind, id uint64, payload []byte, err error) {
	var head [frameHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, nil, err
	}
	n := int(binary.LittleEndian.Uint32(head[:]))
	if n > maxFrame {
		return 0, 0, nil, fmt.Errorf("%w: %d bytes announced", errFrameTooBig, n)
	}
	if n < 2 {
		return 0, 0, nil, fmt.Errorf("frame of %d bytes is too short", n)
	}
	b := (*buf)[:0]
	for len(b) < n {
		step := min(n-len(b), frameStep)
		if cap(b)-len(b) < step {
			b = append(b, make([]byte, step)...)[:len(b)]
		}
		part := b[len(b) : len(b)+step]
		if _, err := io.ReadFull(r, part); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return 0, 0, nil, err
		}
		b = b[:len(b)+step]
	}
	if cap(b) <= frameStep {
		*buf = b
	} else {
		*buf = nil // do not keep a rare large buffer
	}
	id, used := binary.Uvarint(b[1:])
	if used <= 0 {
		return 0, 0, nil, errors.New("frame has no request number")
	}
	return kind(b[0]), id, b[1+used:], nil
}
