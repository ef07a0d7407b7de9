package wire

import (
	"bytes"
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

// frameOverhead is what a frame counts for besides its bytes, so that a
// message of very many empty frames is bounded too.
const frameOverhead = 64

// Errors of readFrame.
var (
	errFrameFlags = errors.New("not a ZMTP frame: reserved flag bits are set")
	errTooLarge   = errors.New("message too large")
)

// readFrame reads one frame whole and returns it as it was on the wire, and
// the part of it that is its body. A frame longer than limit is an error
// before any of it is read. Memory is taken as bytes arrive, never as much as
// a peer merely announces.
func readFrame(r io.Reader, limit int) (raw, body []byte, err error) {
	var hdr [9]byte
	if _, err := io.ReadFull(r, hdr[:2]); err != nil {
		return nil, nil, err
	}
	flags := hdr[0]
	if flags&^(flagMore|flagLong|flagCommand) != 0 || flags&(flagMore|flagCommand) == flagMore|flagCommand {
		return nil, nil, errFrameFlags
	}
	n, size := 2, uint64(hdr[1])
	if flags&flagLong != 0 {
		if _, err := io.ReadFull(r, hdr[2:]); err != nil {
			return nil, nil, noEOF(err)
		}
		n, size = 9, binary.BigEndian.Uint64(hdr[1:])
	}
	if limit < 0 || size > uint64(limit) {
		return nil, nil, fmt.Errorf("%w: a frame of %d bytes where %d are left", errTooLarge, size, max(limit, 0))
	}
	const eager = 64 << 10
	if size <= eager {
		raw = make([]byte, n+int(size))
		copy(raw, hdr[:n])
		if _, err := io.ReadFull(r, raw[n:]); err != nil {
			return nil, nil, noEOF(err)
		}
		return raw, raw[n:], nil
	}
	var buf bytes.Buffer
	buf.Grow(eager)
	buf.Write(hdr[:n])
	if _, err := io.CopyN(&buf, r, int64(size)); err != nil {
		return nil, nil, noEOF(err)
	}
	return buf.Bytes(), buf.Bytes()[n:], nil
}

// noEOF turns an end inside a frame into what it is.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendFrame appends a frame in ZMTP form.
func appendFrame(b []byte, flags byte, body []byte) []byte {
	if len(body) > 255 {
		b = append(b, flags|flagLong)
		b = binary.BigEndian.AppendUint64(b, uint64(len(body)))
	} else {
		b = append(b, flags, byte(len(body)))
	}
	return append(b, body...)
}

// command splits the body of a command frame into name and data.
func command(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || int(body[0]) > len(body)-1 {
		return "", nil, errors.New("not a ZMTP command: name is cut off")
	}
	n := int(body[0])
	return string(body[1 : 1+n]), body[1+n:], nil
}
