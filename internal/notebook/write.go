package notebook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteFile writes the notebook to a file, whole or not at all.
func (nb *Notebook) WriteFile(path string) error { return writeFile(path, nb.Write) }

// writeFile has a file written, whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".gosched-*.ipynb")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	perm := os.FileMode(0o644)
	if info, statErr := os.Stat(path); statErr == nil {
		perm = info.Mode().Perm()
	}
	if err := errors.Join(write(temp), temp.Chmod(perm), temp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(temp.Name(), path)
}

// Write writes the notebook as Python's nbformat does: keys sorted, indented
// by one space, long text as lists of lines. Cells without an ID get one.
func (nb *Notebook) Write(w io.Writer) error {
	ids := make([]string, len(nb.Cells))
	for i, cell := range nb.Cells {
		ids[i] = cell.ID
	}
	return writeNotebook(w, nb.Metadata, cellIDs(ids), func(yield func(*Cell, error) bool) {
		for _, cell := range nb.Cells {
			if !yield(cell, nil) {
				return
			}
		}
	})
}

// writeNotebook writes a notebook, a cell at a time.
func writeNotebook(w io.Writer, metadata map[string]any, ids []string, cells iter.Seq2[*Cell, error]) error {
	buffered := bufio.NewWriter(w)
	const indent = " "
	put := func(prefix string, value any) error {
		var encoded bytes.Buffer
		encoder := json.NewEncoder(&encoded)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent(prefix, indent)
		if err := encoder.Encode(value); err != nil {
			return err
		}
		_, err := buffered.Write(unescape(bytes.TrimSuffix(encoded.Bytes(), []byte("\n"))))
		return err
	}
	// The keys of a notebook in their order.
	buffered.WriteString("{\n" + indent + `"cells": [`)
	number := 0
	for cell, err := range cells {
		if err != nil {
			return err
		}
		if number > 0 {
			buffered.WriteString(",")
		}
		buffered.WriteString("\n" + indent + indent)
		if err := put(indent+indent, cell.file(ids[number])); err != nil {
			return err
		}
		number++
	}
	if number > 0 {
		buffered.WriteString("\n" + indent)
	}
	buffered.WriteString("],\n" + indent + `"metadata": `)
	if err := put(indent, orEmpty(metadata)); err != nil {
		return err
	}
	fmt.Fprintf(buffered, ",\n%[1]s\"nbformat\": %[2]d,\n%[1]s\"nbformat_minor\": %[3]d\n}\n", indent, Major, Minor)
	return buffered.Flush()
}

// cellIDs returns the IDs that cells are written with, given those they have:
// unique ones where they are missing, doubled or not what the format allows.
func cellIDs(had []string) []string {
	ids := make([]string, len(had))
	taken := map[string]bool{}
	for i, id := range had {
		if validID(id) && !taken[id] {
			ids[i] = id
			taken[id] = true
		}
	}
	for i, id := range ids {
		for n := i + 1; id == ""; n += len(ids) {
			if name := "cell-" + strconv.Itoa(n); !taken[name] {
				id = name
			}
		}
		ids[i] = id
		taken[id] = true
	}
	return ids
}

// validID follows the pattern of the nbformat 4.5 schema.
func validID(id string) bool {
	if len(id) == 0 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func (c *Cell) file(id string) map[string]any {
	file := map[string]any{
		"id":        id,
		"cell_type": c.Type,
		"source":    splitLines(c.Source),
		"metadata":  orEmpty(c.Metadata),
	}
	if c.Attachments != nil {
		attachments := make(map[string]any, len(c.Attachments))
		for name, attachment := range c.Attachments {
			if bundle, ok := attachment.(map[string]any); ok {
				attachment = fileBundle(bundle)
			}
			attachments[name] = attachment
		}
		file["attachments"] = attachments
	}
	if c.Type == Code {
		outputs := make([]any, len(c.Outputs))
		for i, output := range c.Outputs {
			outputs[i] = output.file()
		}
		file["outputs"] = outputs
		file["execution_count"] = count(c.ExecutionCount)
	}
	return file
}

func (o Output) file() map[string]any {
	file := map[string]any{"output_type": o.Type}
	switch o.Type {
	case Stream:
		file["name"], file["text"] = o.Name, splitLines(o.Text)
	case DisplayData, ExecuteResult:
		file["data"], file["metadata"] = fileBundle(o.Data), orEmpty(o.Metadata)
		if o.Type == ExecuteResult {
			file["execution_count"] = count(o.ExecutionCount)
		}
	case Error:
		traceback := o.Traceback
		if traceback == nil {
			traceback = []string{}
		}
		file["ename"], file["evalue"], file["traceback"] = o.EName, o.EValue, traceback
	}
	return file
}

func count(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// fileBundle is a MIME bundle with its texts as lists of lines.
func fileBundle(bundle map[string]any) map[string]any {
	file := make(map[string]any, len(bundle))
	for mime, value := range bundle {
		s, ok := value.(string)
		if ok && (strings.HasPrefix(mime, "text/") || mime == "application/javascript" || mime == "image/svg+xml") {
			file[mime] = splitLines(s)
		} else {
			file[mime] = value
		}
	}
	return file
}

// splitLines is Python's str.splitlines(keepends=True), never nil.
func splitLines(s string) []string {
	lines := []string{}
	start := 0
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		switch r {
		case '\r':
			if strings.HasPrefix(s[end:], "\n") {
				continue
			}
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		default:
			continue
		}
		lines = append(lines, s[start:end])
		start = end
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}

// unescape writes out the three characters that encoding/json escapes and
// Python's json does not.
func unescape(encoded []byte) []byte {
	if !bytes.Contains(encoded, []byte(`\u2028`)) && !bytes.Contains(encoded, []byte(`\u2029`)) && !bytes.Contains(encoded, []byte(`\ufffd`)) {
		return encoded
	}
	out := make([]byte, 0, len(encoded))
	for i := 0; i < len(encoded); i++ {
		if encoded[i] != '\\' {
			out = append(out, encoded[i])
			continue
		}
		switch escape := string(encoded[i:min(i+6, len(encoded))]); escape {
		case `\u2028`, `\u2029`, `\ufffd`:
			r, _ := strconv.ParseUint(escape[2:], 16, 16)
			out = utf8.AppendRune(out, rune(r))
			i += 5
		default:
			out = append(out, encoded[i], encoded[i+1])
			i++
		}
	}
	return out
}
