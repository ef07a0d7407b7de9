package kernel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gosched/gosched/kernel/session"
)

// marshal encodes v without escaping HTML, which front ends would only have to
// undo. Strings that are not UTF-8 are mended.
func marshal(v any) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// mustMarshal encodes content whose types cannot fail to encode.
func mustMarshal(v any) json.RawMessage {
	data, err := marshal(v)
	if err != nil {
		panic(fmt.Sprintf("kernel: %T does not encode: %v", v, err))
	}
	return data
}

// bundle is a MIME bundle that is known to encode.
type bundle struct {
	Data     json.RawMessage `json:"data"`
	Metadata json.RawMessage `json:"metadata"`
}

// encodeBundle encodes b. A value that JSON cannot hold, such as NaN, is
// replaced by a text that says so; the rest of the bundle is kept.
func encodeBundle(b session.Bundle) bundle {
	data, err := marshal(orEmpty(b.Data))
	if err != nil {
		kept := make(map[string]any, len(b.Data))
		for mime, v := range b.Data {
			if _, verr := marshal(v); verr == nil {
				kept[mime] = v
			} else if kept["text/plain"] == nil {
				kept["text/plain"] = fmt.Sprintf("[cannot show %s: %v]", mime, verr)
			}
		}
		if s, ok := b.Data["text/plain"].(string); ok {
			kept["text/plain"] = s
		}
		data = mustMarshal(kept)
	}
	meta, err := marshal(orEmpty(b.Metadata))
	if err != nil {
		meta = json.RawMessage("{}")
	}
	return bundle{data, meta}
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// decode parses the content of a request. The error says which field is wrong.
func decode(content json.RawMessage, into any) error {
	err := json.Unmarshal(content, into)
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) && typ.Field != "" {
		want := typ.Type.String()
		switch {
		case strings.HasPrefix(want, "int"):
			want = "whole number"
		case strings.HasPrefix(want, "map"):
			want = "object of strings"
		}
		return malformed("field %q is a JSON %s, but must be a %s", typ.Field, typ.Value, want)
	}
	if err != nil {
		return malformed("%v", err)
	}
	return nil
}

// requestError is why a request was refused, in the form of an error reply.
type requestError struct{ name, value string }

func (e *requestError) Error() string { return e.name + ": " + e.value }

func malformed(format string, args ...any) error {
	return &requestError{"malformed request", fmt.Sprintf(format, args...)}
}
