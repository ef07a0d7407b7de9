package zmtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Flags of a ZMTP 3.0 frame, https://rfc.zeromq.org/spec/23/#framing.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// FrameOverhead is what a frame counts for besides its bytes, so that a
// message of very many empty frames is bounded too.
const FrameOverhead = 64

// Errors of reading.
var (
	ErrTooLarge   = errors.New("message too large")
	errFrameFlags = errors.New("not a ZMTP frame: reserved flag bits are set")
)

// readFrame reads one frame. A frame longer than limit is an error before any
// of it is read. Before memory is taken, take is asked for it; nil allows all.
func readFrame(r io.Reader, limit int, take func(n int) error) (flags byte, body []byte, err error) {
	var hdr [9]byte
	if _, err := io.ReadFull(r, hdr[:2]); err != nil {
		return 0, nil, err
	}
	flags = hdr[0]
	if flags&^(flagMore|flagLong|flagCommand) != 0 || flags&(flagMore|flagCommand) == flagMore|flagCommand {
		return 0, nil, errFrameFlags
	}
	size := uint64(hdr[1])
	if flags&flagLong != 0 {
		if _, err := io.ReadFull(r, hdr[2:]); err != nil {
			return 0, nil, noEOF(err)
		}
		size = binary.BigEndian.Uint64(hdr[1:])
	}
	if limit < 0 || size > uint64(limit) {
		return 0, nil, fmt.Errorf("%w: a frame of %d bytes where %d are left", ErrTooLarge, size, max(limit, 0))
	}
	body, err = readBody(r, int(size), take)
	return flags &^ flagLong, body, err
}

// readBody reads size bytes into memory that grows as they arrive.
func readBody(r io.Reader, size int, take func(n int) error) ([]byte, error) {
	const eager = 64 << 10
	var body []byte
	for len(body) < size {
		// Twice as much as has come: what was announced costs who announces.
		grown := min(size, max(eager, 2*len(body)))
		if take != nil {
			if err := take(grown - len(body)); err != nil {
				return nil, err
			}
		}
		next := make([]byte, grown)
		copy(next, body)
		if _, err := io.ReadFull(r, next[len(body):]); err != nil {
			return nil, noEOF(err)
		}
		body = next
	}
	return body, nil
}

// noEOF turns an end inside of something into what it is.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendFrameHeader appends the flags and the length of a frame.
func appendFrameHeader(b []byte, flags byte, size int) []byte {
	if size > 255 {
		return binary.BigEndian.AppendUint64(append(b, flags|flagLong), uint64(size))
	}
	return append(b, flags, byte(size))
}

// appendFrame appends a frame in ZMTP form.
func appendFrame(b []byte, flags byte, body []byte) []byte {
	return append(appendFrameHeader(b, flags, len(body)), body...)
}

// splitCommand splits the body of a command frame into name and data.
func splitCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || int(body[0]) > len(body)-1 {
		return "", nil, errors.New("not a ZMTP command: name is cut off")
	}
	n := int(body[0])
	return string(body[1 : 1+n]), body[1+n:], nil
}

// appendCommand appends the body of a command frame.
func appendCommand(b []byte, name string, data []byte) []byte {
	return append(append(append(b, byte(len(name))), name...), data...)
}
