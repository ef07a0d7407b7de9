package zmtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"golang.org/x/crypto/curve25519"
)

// KeySize is the length of a key in bytes; as text, a key has 40 characters.
const KeySize = 32

// A Key is a key of Curve25519, public or secret.
type Key [KeySize]byte

const z85digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// z85text is the length of a key as text: five digits to base 85 for each four
// bytes.
const z85text = KeySize / 4 * 5

// ParseKey decodes a key from Z85, as connection files have it.
func ParseKey(text string) (k Key, err error) {
	if len(text) != z85text {
		return k, fmt.Errorf("a key has %d characters, and this has %d", z85text, len(text))
	}
	for i := 0; i < len(text)/5; i++ {
		var n uint64
		for _, c := range []byte(text[5*i : 5*i+5]) {
			d := strings.IndexByte(z85digits, c)
			if d < 0 {
				return Key{}, errors.New("a key holds a character that is not of Z85")
			}
			n = 85*n + uint64(d)
		}
		if n > math.MaxUint32 {
			return Key{}, errors.New("a key holds five characters that stand for no four bytes")
		}
		binary.BigEndian.PutUint32(k[4*i:], uint32(n))
	}
	return k, nil
}

// String encodes a key as Z85.
func (k Key) String() string {
	var text [z85text]byte
	for i := 0; i < len(k)/4; i++ {
		n := binary.BigEndian.Uint32(k[4*i:])
		for j := 4; j >= 0; j-- {
			text[5*i+j] = z85digits[n%85]
			n /= 85
		}
	}
	return string(text[:])
}

// Public returns the public key that belongs to a secret one.
func (k Key) Public() (public Key) {
	curve25519.ScalarBaseMult((*[KeySize]byte)(&public), (*[KeySize]byte)(&k))
	return public
}
