package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// A Signer signs messages and checks signatures: HMAC-SHA256 over the four
// JSON frames, in hexadecimal. It is safe for concurrent use.
type Signer struct {
	macs sync.Pool
}

// NewSigner returns a Signer for key.
func NewSigner(key []byte) *Signer {
	key = append([]byte(nil), key...)
	s := new(Signer)
	s.macs.New = func() any { return hmac.New(sha256.New, key) }
	return s
}

func (s *Signer) sum(parts [][]byte) (sum [sha256.Size]byte) {
	mac := s.macs.Get().(hash.Hash)
	mac.Reset()
	for _, p := range parts {
		mac.Write(p)
	}
	mac.Sum(sum[:0])
	s.macs.Put(mac)
	return sum
}

func (s *Signer) sign(parts [][]byte) []byte {
	sum := s.sum(parts)
	return hex.AppendEncode(nil, sum[:])
}

// verify compares in constant time.
func (s *Signer) verify(signature []byte, parts [][]byte) bool {
	var got [sha256.Size]byte
	if len(signature) != hex.EncodedLen(len(got)) {
		return false
	}
	if _, err := hex.Decode(got[:], signature); err != nil {
		return false
	}
	want := s.sum(parts)
	return hmac.Equal(got[:], want[:])
}

// replays remembers the signatures of the last messages, so that a message
// that was recorded on the wire cannot be sent again. Every message has a
// fresh id and date, so two equal signatures are never two messages.
type replays struct {
	mu   sync.Mutex
	seen map[[sha256.Size]byte]struct{}
	ring [][sha256.Size]byte
	next int
}

// replayWindow is how many signatures are remembered: about 1.3 MB when full,
// and hours of use by people.
const replayWindow = 1 << 14

// repeated reports whether signature, which must be a valid one, came before.
func (r *replays) repeated(signature []byte) bool {
	var key [sha256.Size]byte
	_, _ = hex.Decode(key[:], signature)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, dup := r.seen[key]; dup {
		return true
	}
	if r.seen == nil {
		r.seen = make(map[[sha256.Size]byte]struct{})
	}
	r.seen[key] = struct{}{}
	if len(r.ring) < replayWindow {
		r.ring = append(r.ring, key)
		return false
	}
	delete(r.seen, r.ring[r.next])
	r.ring[r.next] = key
	r.next = (r.next + 1) % replayWindow
	return false
}
