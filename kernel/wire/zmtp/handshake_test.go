package zmtp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// The pair of keys that https://rfc.zeromq.org/spec/26/ has in its examples.
const (
	examplePublic = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
	exampleSecret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
)

func exampleKeys(t testing.TB) (secret, public Key) {
	t.Helper()
	secret, err := ParseKey(exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	return secret, secret.Public()
}

func TestKeys(t *testing.T) {
	secret, public := exampleKeys(t)
	if got := public.String(); got != examplePublic {
		t.Errorf("public key %s, want %s", got, examplePublic)
	}
	if got := secret.String(); got != exampleSecret {
		t.Errorf("secret key %s, want %s", got, exampleSecret)
	}
	for _, tt := range []struct{ text, want string }{
		{"", "0"},
		{examplePublic + "0", "41"},
		{strings.Repeat("é", 20), "not of Z85"},
		{strings.Repeat("#", 40), "no four bytes"},
	} {
		if _, err := ParseKey(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
}

// pair connects a server and a client, and returns what each says.
func pair(t testing.TB, server, client Config) (s, c *Conn, serr, cerr error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		nc, err := ln.Accept()
		if err != nil {
			serr = err
			return
		}
		t.Cleanup(func() { nc.Close() })
		_ = nc.SetDeadline(time.Now().Add(10 * time.Second))
		if s, serr = Handshake(nc, nc, server); serr != nil {
			nc.Close()
		}
	}()
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(10 * time.Second))
	if c, cerr = Handshake(nc, nc, client); cerr != nil {
		nc.Close()
	}
	<-done
	return s, c, serr, cerr
}

func TestContract16_Messages(t *testing.T) {
	secret, public := exampleKeys(t)
	other := Key{1, 2, 3}
	for _, tt := range []struct {
		name           string
		server, client Config
	}{
		{"null", Config{}, Config{}},
		{"curve", Config{Secret: &secret}, Config{Secret: &other, Peer: public}},
		{"curve, one pair of keys", Config{Secret: &secret}, Config{Secret: &secret, Peer: public}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.server.SocketType, tt.server.Server, tt.server.Limit = "ROUTER", true, 4<<20
			tt.client.SocketType, tt.client.Identity, tt.client.Limit = "DEALER", []byte("me"), 4<<20
			s, c, serr, cerr := pair(t, tt.server, tt.client)
			if serr != nil || cerr != nil {
				t.Fatalf("server: %v; client: %v", serr, cerr)
			}
			if string(s.Identity()) != "me" || s.Encrypted() != (tt.server.Secret != nil) {
				t.Errorf("identity %q, encrypted %v", s.Identity(), s.Encrypted())
			}
			large := bytes.Repeat([]byte("0123456789"), 100_000)
			for _, ends := range [][2]*Conn{{c, s}, {s, c}} {
				from, to := ends[0], ends[1]
				sent := make(chan error, 1)
				go func() {
					sent <- errors.Join(
						from.Write([][]byte{[]byte("a"), nil, large}),
						from.WriteCommand(CommandPing, []byte("\x00\x00x")),
						from.Write([][]byte{[]byte("b")}),
						from.Flush())
				}()
				if _, m, err := to.Read(); err != nil || len(m) != 3 || string(m[0]) != "a" || len(m[1]) != 0 || !bytes.Equal(m[2], large) {
					t.Fatalf("%d frames, %v", len(m), err)
				}
				if cmd, m, err := to.Read(); err != nil || cmd != CommandPing || string(m[0]) != "\x00\x00x" {
					t.Fatalf("command %q %q, %v", cmd, m, err)
				}
				if _, m, err := to.Read(); err != nil || string(m[0]) != "b" {
					t.Fatalf("%q, %v", m, err)
				}
				if err := <-sent; err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// Who does not know the server's key gets nowhere, and nobody talks in the
// clear to a server that has one.
func TestContract17_CurveKeepsStrangersOut(t *testing.T) {
	secret, public := exampleKeys(t)
	guess := Key{4, 5, 6}
	for _, tt := range []struct {
		name           string
		server, client Config
		want           string
	}{
		{"wrong key", Config{Secret: &secret}, Config{Secret: &guess, Peer: guess.Public()}, "does not know this server's key"},
		{"no encryption", Config{Secret: &secret}, Config{}, `mechanism "NULL"`},
		{"no key", Config{}, Config{Secret: &secret, Peer: public}, `mechanism "CURVE"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.server.SocketType, tt.server.Server, tt.client.SocketType = "XPUB", true, "SUB"
			_, _, serr, cerr := pair(t, tt.server, tt.client)
			if serr == nil || !strings.Contains(serr.Error(), tt.want) || cerr == nil {
				t.Errorf("server: %v; client: %v", serr, cerr)
			}
		})
	}
}

// What was recorded on the wire cannot be sent again, changed or cut.
func TestContract17_CurveMessagesAreSealed(t *testing.T) {
	secret, _ := exampleKeys(t)
	other := Key{7}
	otherPublic, public := other.Public(), secret.Public()
	seal := func() []byte {
		b, err := newCipher(&public, &other, false).seal(nil, 0, []byte("secret text"))
		if err != nil || bytes.Contains(b, []byte("secret")) {
			t.Fatalf("%q, %v", b, err)
		}
		return b[2:]
	}
	c := newCipher(&otherPublic, &secret, true)
	if _, body, err := c.open(seal()); err != nil || string(body) != "secret text" {
		t.Fatalf("%q, %v", body, err)
	}
	if _, _, err := c.open(seal()); err == nil {
		t.Error("the same nonce is taken twice")
	}
	for i := range seal() {
		changed := seal()
		changed[i] ^= 1
		if _, _, err := newCipher(&otherPublic, &secret, true).open(changed); err == nil {
			t.Errorf("byte %d may be changed", i)
		}
		if _, _, err := newCipher(&otherPublic, &secret, true).open(seal()[:i]); err == nil {
			t.Errorf("%d bytes are taken for a message", i)
		}
	}
	back, _ := newCipher(&otherPublic, &secret, true).seal(nil, 0, []byte("x"))
	if _, _, err := c.open(back[2:]); err == nil {
		t.Error("a server's own message is taken for a client's")
	}
}

// script is a connection on which everything has been said before.
type script struct{ io.Reader }

func (script) Write(p []byte) (int, error) { return len(p), nil }

// FuzzServer gives a server whatever comes.
func FuzzServer(f *testing.F) {
	secret, _ := exampleKeys(f)
	null := appendFrame(appendGreeting(nil, mechanismNull, false), flagCommand, appendCommand(nil, "READY", metadata{"DEALER", []byte("id")}.append(nil)))
	f.Add(null, false)
	f.Add(append(bytes.Clone(null), appendFrame(nil, flagMore, []byte("x"))...), false)
	curve := appendGreeting(nil, mechanismCurve, false)
	f.Add(appendFrame(bytes.Clone(curve), flagCommand, append([]byte("\x05HELLO\x01\x00"), make([]byte, 192)...)), true)
	f.Add(appendFrame(bytes.Clone(curve), flagCommand, []byte("\x05ERROR\x02no")), true)
	f.Fuzz(func(t *testing.T, in []byte, encrypted bool) {
		cfg := Config{SocketType: "ROUTER", Server: true, Limit: 1 << 16}
		if encrypted {
			cfg.Secret = &secret
		}
		c, err := Handshake(script{bytes.NewReader(in)}, io.Discard, cfg)
		if err != nil {
			return
		}
		if encrypted {
			t.Fatal("a server was talked to without its key")
		}
		for {
			if _, _, err := c.Read(); err != nil {
				return
			}
		}
	})
}

// FuzzCurve gives each step of the CURVE handshake what a client that knows
// the server's key may make of it, and what anybody else may.
func FuzzCurve(f *testing.F) {
	secret, public := exampleKeys(f)
	f.Add([]byte("\x0bSocket-Type\x00\x00\x00\x06DEALER"), 0, byte(0))
	f.Add([]byte("\x0bSocket-Type\xff\xff\xff\xffDEALER"), 300, byte(1))
	f.Fuzz(func(t *testing.T, said []byte, at int, flip byte) {
		if len(said) > handshakeFrame/2 {
			return
		}
		ours, theirs := net.Pipe()
		defer ours.Close()
		defer theirs.Close()
		deadline := time.Now().Add(10 * time.Second)
		_ = ours.SetDeadline(deadline)
		_ = theirs.SetDeadline(deadline)
		result := make(chan error, 1)
		go func() {
			defer ours.Close()
			_, m, err := serveCurve(ours, secret, metadata{socketType: "ROUTER"})
			if err == nil && flip != 0 && at >= 0 {
				err = errors.New("changed, and taken")
			} else if err == nil {
				if want, perr := parseMetadata(said); perr != nil || m.socketType != want.socketType || !bytes.Equal(m.identity, want.identity) {
					err = errors.New("metadata came out changed")
				}
			} else if _, perr := parseMetadata(said); perr == nil && flip == 0 {
				err = errors.New("a good handshake fails: " + err.Error())
			} else {
				err = nil
			}
			result <- err
		}()
		w := &flipper{Writer: theirs, at: at, with: flip}
		_, _, _ = dialCurve(struct {
			io.Reader
			io.Writer
		}{theirs, w}, public, Key{9}, said)
		theirs.Close()
		if err := <-result; err != nil && (w.flipped || flip == 0) {
			t.Fatal(err)
		}
	})
}

// flipper changes one byte of what is written: the at-th after the lengths.
type flipper struct {
	io.Writer
	at      int
	with    byte
	flipped bool
}

func (f *flipper) Write(p []byte) (int, error) {
	p = bytes.Clone(p)
	// A HELLO holds 72 bytes of padding that nobody looks at, 2 of a frame and
	// 8 of its name and version before them.
	if f.with != 0 && f.at >= 0 && f.at < len(p) && !(len(p) == 2+helloSize && f.at < 10+72) && f.at > 8 {
		p[f.at] ^= f.with
		f.flipped = true
	}
	f.at -= len(p)
	return f.Writer.Write(p)
}
