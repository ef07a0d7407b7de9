package zmtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// metadata is what a peer says of itself in READY and INITIATE.
type metadata struct {
	socketType string
	identity   []byte
}

var errMetadata = errors.New("malformed handshake: metadata is cut off")

// parseMetadata reads properties: a byte, a name, four bytes, a value. Names
// that are not known are left out; names are case-insensitive.
func parseMetadata(b []byte) (m metadata, err error) {
	for len(b) > 0 {
		n := int(b[0])
		if len(b) < 1+n+4 {
			return m, errMetadata
		}
		name := string(b[1 : 1+n])
		b = b[1+n:]
		size := binary.BigEndian.Uint32(b)
		b = b[4:]
		if uint64(size) > uint64(len(b)) {
			return m, errMetadata
		}
		value := b[:size]
		b = b[size:]
		switch strings.ToLower(name) {
		case "socket-type":
			m.socketType = string(value)
		case "identity":
			if len(value) > maxIdentity {
				return m, fmt.Errorf("malformed handshake: an identity of %d bytes, at most %d are allowed", len(value), maxIdentity)
			}
			m.identity = slices.Clone(value)
		}
	}
	return m, nil
}

// maxIdentity is the longest identity that ZMTP allows, in bytes.
const maxIdentity = 255

func (m metadata) append(b []byte) []byte {
	b = appendProperty(b, "Socket-Type", []byte(m.socketType))
	return appendProperty(b, "Identity", m.identity)
}

func appendProperty(b []byte, name string, value []byte) []byte {
	b = append(append(b, byte(len(name))), name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

// peers says which types of socket talk to which, as far as Jupyter uses them.
var peers = map[string][]string{
	"ROUTER": {"DEALER", "REQ", "ROUTER"},
	"DEALER": {"ROUTER", "REP", "DEALER"},
	"REQ":    {"REP", "ROUTER"},
	"REP":    {"REQ", "DEALER"},
	"PUB":    {"SUB", "XSUB"},
	"XPUB":   {"SUB", "XSUB"},
	"SUB":    {"PUB", "XPUB"},
}

// compatible checks that a peer's type of socket can talk to ours.
func compatible(ours, theirs string) error {
	if !slices.Contains(peers[ours], theirs) {
		return fmt.Errorf("handshake: a socket of type %.20q is not compatible with %s", theirs, ours)
	}
	return nil
}
