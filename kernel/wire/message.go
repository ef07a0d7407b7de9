package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// ProtocolVersion is the version of the Jupyter messaging protocol in every
// header.
const ProtocolVersion = "5.5"

// A Header identifies a message.
type Header struct {
	MsgID    string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"` // ISO 8601, UTC
	MsgType  string `json:"msg_type"`
	Version  string `json:"version"`
	// SubshellID names the subshell that a shell request is for; empty for
	// the main shell (JEP 91).
	SubshellID string `json:"subshell_id,omitempty"`
}

// A Message is one Jupyter message.
type Message struct {
	// Identities is the routing envelope: on shell, control and stdin the
	// peer's identity first; on iopub the topic.
	Identities [][]byte
	Header     Header
	// RawHeader is the header as it was received, with fields that Header
	// does not know. It is empty in messages that were not received.
	RawHeader json.RawMessage
	// Parent is the header of the message that caused this one; empty for
	// none.
	Parent   json.RawMessage
	Metadata json.RawMessage
	Content  json.RawMessage
	Buffers  [][]byte

	from *peer // whom it came from
}

// ParentHeader decodes the parent's header; the zero Header stands for none.
func (m *Message) ParentHeader() Header {
	var h Header
	if len(m.Parent) > 0 {
		_ = json.Unmarshal(m.Parent, &h)
	}
	return h
}

// Date formats t as headers have it: ISO 8601 with microseconds in UTC.
func Date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// delimiter separates the routing envelope from the message.
var delimiter = []byte("<IDS|MSG>")

// Errors of Decode, for errors.Is.
var (
	ErrNoDelimiter = errors.New("no <IDS|MSG> delimiter")
	ErrTruncated   = errors.New("fewer frames than a message has")
	ErrSignature   = errors.New("signature does not match the key")
	ErrMalformed   = errors.New("malformed message")
)

// Encode returns the frames of m, signed by s. The frames may share memory
// with m. Strings that are not valid UTF-8 are mended, so that what is sent is
// always valid JSON.
func Encode(m *Message, s *Signer) ([][]byte, error) {
	var header []byte
	if len(m.RawHeader) > 0 {
		header = m.RawHeader
	} else {
		var err error
		if header, err = json.Marshal(m.Header); err != nil {
			return nil, fmt.Errorf("encode header: %w", err)
		}
	}
	parts := [4][]byte{header, m.Parent, m.Metadata, m.Content}
	for i, p := range parts {
		if len(p) == 0 {
			parts[i] = []byte("{}")
		} else if !utf8.Valid(p) {
			parts[i] = bytes.ToValidUTF8(p, []byte("\uFFFD"))
		}
	}
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, delimiter, s.sign(parts[:]))
	frames = append(frames, parts[:]...)
	return append(frames, m.Buffers...), nil
}

// Decode parses frames and checks their signature before anything else is
// looked at. The message shares memory with the frames.
func Decode(frames [][]byte, s *Signer) (*Message, error) {
	d := -1
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			d = i
			break
		}
	}
	if d < 0 {
		return nil, ErrNoDelimiter
	}
	body := frames[d+1:]
	if len(body) < 5 {
		return nil, fmt.Errorf("%w: %d after the delimiter, at least 5 needed", ErrTruncated, len(body))
	}
	if !s.verify(body[0], body[1:5]) {
		return nil, ErrSignature
	}
	parts := make([]json.RawMessage, 4)
	for i, name := range [...]string{"header", "parent_header", "metadata", "content"} {
		p, err := object(body[1+i])
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrMalformed, name, err)
		}
		parts[i] = p
	}
	m := &Message{
		Identities: frames[:d:d],
		RawHeader:  parts[0],
		Parent:     parts[1],
		Metadata:   parts[2],
		Content:    parts[3],
		Buffers:    body[5:],
	}
	if err := json.Unmarshal(parts[0], &m.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrMalformed, err)
	}
	if m.Header.MsgID == "" || m.Header.MsgType == "" {
		return nil, fmt.Errorf("%w: header without msg_id or msg_type", ErrMalformed)
	}
	return m, nil
}

var errNotObject = errors.New("not a JSON object")

// object checks that data is a JSON object and returns it as valid UTF-8.
// JSON null stands for the empty object, as some clients send it.
func object(data []byte) (json.RawMessage, error) {
	data = bytes.TrimSpace(data)
	if !utf8.Valid(data) {
		data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	if string(data) == "null" {
		return json.RawMessage("{}"), nil
	}
	if len(data) == 0 || data[0] != '{' || !json.Valid(data) {
		return nil, errNotObject
	}
	return data, nil
}
