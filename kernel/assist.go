package kernel

import (
	"context"
	"strings"
	"unicode/utf8"
)

type sourceRequest struct {
	Code        *string `json:"code"`
	CursorPos   *int    `json:"cursor_pos"` // in code points; default: the end
	DetailLevel int     `json:"detail_level"`
}

// source decodes the content of a request about source, with the cursor as a
// byte offset.
func source(r *request) (code string, cursor, detail int, err error) {
	var c sourceRequest
	if err := decode(r.Content, &c); err != nil {
		return "", 0, 0, err
	}
	if c.Code == nil {
		return "", 0, 0, malformed("field %q is missing", "code")
	}
	cursor = len(*c.Code)
	if c.CursorPos != nil {
		cursor = byteOffset(*c.Code, *c.CursorPos)
	}
	return *c.Code, cursor, c.DetailLevel, nil
}

// byteOffset turns a position in code points into one in bytes. Positions
// outside of s are those of its ends.
func byteOffset(s string, points int) int {
	if points <= 0 {
		return 0
	}
	for i := range s {
		if points == 0 {
			return i
		}
		points--
	}
	return len(s)
}

// codePoints turns a position in bytes into one in code points.
func codePoints(s string, offset int) int {
	return utf8.RuneCountInString(s[:min(max(offset, 0), len(s))])
}

func (k *Kernel) complete(ctx context.Context, r *request) (any, error) {
	code, cursor, _, err := source(r)
	if err != nil {
		return nil, err
	}
	c, err := k.session.Complete(ctx, code, cursor)
	if err != nil {
		return nil, err
	}
	type match struct {
		Start     int    `json:"start"`
		End       int    `json:"end"`
		Text      string `json:"text"`
		Type      string `json:"type"`
		Signature string `json:"signature,omitempty"`
	}
	start, end := codePoints(code, c.Start), codePoints(code, c.End)
	texts, types := make([]string, len(c.Matches)), make([]match, len(c.Matches))
	for i, m := range c.Matches {
		texts[i] = m.Text
		types[i] = match{start, end, m.Text, m.Kind, m.Signature}
	}
	return map[string]any{
		"status": "ok", "matches": texts, "cursor_start": start, "cursor_end": end,
		"metadata": map[string]any{"_jupyter_types_experimental": types},
	}, nil
}

func (k *Kernel) inspect(ctx context.Context, r *request) (any, error) {
	code, cursor, detail, err := source(r)
	if err != nil {
		return nil, err
	}
	in, err := k.session.Inspect(ctx, code, cursor, detail)
	if err != nil {
		return nil, err
	}
	return struct {
		Status string `json:"status"`
		Found  bool   `json:"found"`
		bundle
	}{"ok", in.Found, encodeBundle(in.Bundle)}, nil
}

func (k *Kernel) isComplete(ctx context.Context, r *request) (any, error) {
	code, _, _, err := source(r)
	if err != nil {
		return nil, err
	}
	c, err := k.session.IsComplete(ctx, code)
	if err != nil {
		return nil, err
	}
	reply := map[string]any{"status": c.Status}
	if c.Status == "incomplete" {
		// Terminals show a tab that is typed as ^I, and Go takes either.
		reply["indent"] = strings.ReplaceAll(c.Indent, "\t", "    ")
	}
	return reply, nil
}
