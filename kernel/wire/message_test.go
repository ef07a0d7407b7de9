package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func sample() *Message {
	return &Message{
		Identities: [][]byte{[]byte("id")},
		Header:     Header{MsgID: "1", Session: "s", Username: "u", Date: Date(time.Unix(0, 1500)), MsgType: "execute_request", Version: ProtocolVersion, SubshellID: "sub"},
		Parent:     json.RawMessage(`{"msg_id":"0"}`),
		Metadata:   json.RawMessage(`{"a":1}`),
		Content:    json.RawMessage(`{"code":"x"}`),
		Buffers:    [][]byte{{1, 2}, {}},
	}
}

func TestMessage_RoundTrip(t *testing.T) {
	s := NewSigner([]byte("key"))
	m := sample()
	frames, err := Encode(m, s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(frames, s)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"msg_id":"1","session":"s","username":"u","date":"1970-01-01T00:00:00.000001Z","msg_type":"execute_request","version":"5.5","subshell_id":"sub"}`; string(got.RawHeader) != want {
		t.Errorf("header %s\nwant   %s", got.RawHeader, want)
	}
	got.RawHeader = nil
	if !reflect.DeepEqual(got, m) {
		t.Errorf("got  %+v\nwant %+v", got, m)
	}
}

// The signature is what Python's hmac computes for the same frames:
//
//	hmac.new(b"key", b'{}{"a":1}{}{}', "sha256").hexdigest()
const knownSignature = "0b5956cd546109504977da083d754b0435ee3dc3cc8cf51dc6a5528f4487faf8"

func TestSigner_Known(t *testing.T) {
	got := NewSigner([]byte("key")).sign([][]byte{[]byte("{}"), []byte(`{"a":1}`), []byte("{}"), []byte("{}")})
	if string(got) != knownSignature {
		t.Errorf("got %s, want %s", got, knownSignature)
	}
}

func TestContract17_Decode(t *testing.T) {
	s := NewSigner([]byte("key"))
	signed := func(parts ...string) [][]byte {
		b := make([][]byte, len(parts))
		for i, p := range parts {
			b[i] = []byte(p)
		}
		return append([][]byte{delimiter, s.sign(b[:min(4, len(b))])}, b...)
	}
	h := `{"msg_id":"1","msg_type":"t"}`
	bad := signed(h, "{}", "{}", "{}")
	bad[1][0] ^= 1
	other, _ := Encode(sample(), NewSigner([]byte("other")))
	for _, tt := range []struct {
		name   string
		frames [][]byte
		want   error
	}{
		{"good", signed(h, "{}", "{}", "{}"), nil},
		{"null for empty", signed(h, "null", " {} ", "null"), nil},
		{"null subshell", signed(`{"msg_id":"1","msg_type":"t","subshell_id":null}`, "{}", "{}", "{}"), nil},
		{"upper case signature", upper(signed(h, "{}", "{}", "{}")), nil},
		{"nothing", nil, ErrNoDelimiter},
		{"no delimiter", [][]byte{[]byte("a"), {}, {}}, ErrNoDelimiter},
		{"only delimiter", [][]byte{delimiter}, ErrTruncated},
		{"three parts", signed(h, "{}", "{}"), ErrTruncated},
		{"signature changed", bad, ErrSignature},
		{"other key", other, ErrSignature},
		{"empty signature", append([][]byte{delimiter, {}}, signed(h, "{}", "{}", "{}")[2:]...), ErrSignature},
		{"short signature", append([][]byte{delimiter, []byte("00")}, signed(h, "{}", "{}", "{}")[2:]...), ErrSignature},
		{"header is no JSON", signed("{", "{}", "{}", "{}"), ErrMalformed},
		{"header is a list", signed("[]", "{}", "{}", "{}"), ErrMalformed},
		{"header without id", signed(`{"msg_type":"t"}`, "{}", "{}", "{}"), ErrMalformed},
		{"header with number", signed(`{"msg_id":1,"msg_type":"t"}`, "{}", "{}", "{}"), ErrMalformed},
		{"content is a number", signed(h, "{}", "{}", "1"), ErrMalformed},
		{"content is empty", signed(h, "{}", "{}", ""), ErrMalformed},
		{"content is cut off", signed(h, "{}", "{}", `{"a`), ErrMalformed},
		{"parent is text", signed(h, `"x"`, "{}", "{}"), ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(tt.frames, s)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func upper(frames [][]byte) [][]byte {
	frames[1] = bytes.ToUpper(frames[1])
	return frames
}

func TestContract17_ReplaysAreSeen(t *testing.T) {
	var r replays
	sig := func(i int) []byte { return []byte(fmt.Sprintf("%064x", i)) }
	for i := range replayWindow + 10 {
		if r.repeated(sig(i)) {
			t.Fatalf("%d is new", i)
		}
	}
	if !r.repeated(sig(replayWindow + 9)) {
		t.Error("the last one is not known")
	}
	if len(r.seen) != replayWindow || r.repeated(sig(0)) {
		t.Error("the oldest are not forgotten")
	}
}

func TestContract17_EncodeMendsUTF8(t *testing.T) {
	m := sample()
	m.Content = json.RawMessage("{\"a\":\"\xff\"}")
	frames, err := Encode(m, NewSigner([]byte("k")))
	if err != nil {
		t.Fatal(err)
	}
	content := frames[6]
	if !utf8.Valid(content) || !json.Valid(content) || !strings.Contains(string(content), "\uFFFD") {
		t.Errorf("got %q", content)
	}
}

func FuzzDecode(f *testing.F) {
	s := NewSigner([]byte("key"))
	f.Add([]byte("<IDS|MSG>"), []byte(`{"msg_id":"1","msg_type":"t"}`), []byte("{}"), []byte("{}"), []byte(`{"code":"x"}`), true)
	f.Add([]byte("x"), []byte("null"), []byte("[]"), []byte("\xff"), []byte(""), false)
	f.Fuzz(func(t *testing.T, id, header, parent, metadata, content []byte, sign bool) {
		parts := [][]byte{header, parent, metadata, content}
		sig := []byte("00")
		if sign {
			sig = s.sign(parts)
		}
		m, err := Decode(append([][]byte{id, delimiter, sig}, parts...), s)
		if err != nil {
			return
		}
		if !sign {
			t.Fatal("accepted without a signature")
		}
		for _, p := range []json.RawMessage{m.RawHeader, m.Parent, m.Metadata, m.Content} {
			if !json.Valid(p) || !utf8.Valid(p) || p[0] != '{' {
				t.Fatalf("accepted %q", p)
			}
		}
		// What was accepted can be sent on and is accepted again.
		frames, err := Encode(m, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(frames, s); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzSignature(f *testing.F) {
	s := NewSigner([]byte("key"))
	good := s.sign([][]byte{[]byte("{}")})
	f.Add(good, []byte("{}"))
	f.Add([]byte(""), []byte("{}"))
	f.Fuzz(func(t *testing.T, sig, part []byte) {
		ok := s.verify(sig, [][]byte{part})
		want := s.sum([][]byte{part})
		raw, err := hex.DecodeString(string(sig))
		if ok != (err == nil && bytes.Equal(raw, want[:])) {
			t.Fatalf("verify(%q, %q) = %v", sig, part, ok)
		}
	})
}

func BenchmarkEncodeSigned(b *testing.B) {
	s := NewSigner([]byte("0123456789abcdef"))
	m := sample()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode(m, s); err != nil {
			b.Fatal(err)
		}
	}
}
