package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// A section is where a cell stands in a file.
type section struct{ start, end int64 }

// scan reads a notebook once, from its beginning to its end, and hands over its
// cells; begin is called before the first. It holds one cell at a time. Errors
// say what is wrong and in which cell, counted from 1.
func scan(source io.ReadSeeker, each func(*Cell, section), begin func()) (metadata map[string]any, err error) {
	s := &scanner{source: source}
	if err := s.start(); err != nil {
		return nil, err
	}
	var top header
	var damaged *damage
	err = s.object(func(key string) error {
		if key != "cells" {
			return top.field(s, key)
		}
		begin()
		number := 0
		return s.array(func(raw []byte, at section) error {
			number++
			cell, err := parseCell(raw)
			if err != nil && damaged == nil {
				damaged = &damage{number, err}
			}
			if err == nil {
				each(cell, at)
			}
			return nil
		})
	})
	switch {
	case errors.Is(err, errEmpty), errors.Is(err, errEncoding):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("this is not a notebook: %w", err)
	}
	if err := top.check(); err != nil {
		return nil, err
	}
	if damaged != nil {
		return nil, damaged
	}
	return top.metadata(), nil
}

// A damage is what is wrong with a cell.
type damage struct {
	number int
	err    error
}

func (d *damage) Error() string {
	return fmt.Sprintf("this notebook is damaged in cell %d: %v", d.number, d.err)
}

func (d *damage) Unwrap() error { return d.err }

// A header is what a notebook has beside its cells.
type header struct{ fileNotebook }

func (h *header) field(s *scanner, key string) error {
	var into any
	switch key {
	case "nbformat":
		into = &h.Major
	case "nbformat_minor":
		into = &h.Minor
	case "metadata":
		into = &h.Metadata
	default:
		var unknown json.RawMessage
		return s.value(key, &unknown)
	}
	return s.value(key, into)
}

// check says whether it is of the format that this package reads.
func (h *header) check() error {
	switch {
	case h.Major == nil:
		return errors.New(`this is not a notebook: it has no "nbformat"`)
	case *h.Major < Major:
		return fmt.Errorf("this notebook is of the old format %d; convert it with: jupyter nbconvert --to notebook --inplace FILE", *h.Major)
	case *h.Major > Major:
		return fmt.Errorf("this notebook is of format %d, which is newer than this gosched; it reads format %d", *h.Major, Major)
	}
	return nil
}

// metadata is the notebook's own, without what belongs to a session.
func (h *header) metadata() map[string]any {
	metadata := orEmpty(h.Metadata)
	for _, transient := range []string{"orig_nbformat", "orig_nbformat_minor", "signature"} {
		delete(metadata, transient)
	}
	return metadata
}

var (
	errEmpty    = errors.New("this notebook is an empty file")
	errEncoding = errors.New("this is not a notebook: it is not UTF-8 text")
)

// A scanner reads JSON from a file, value by value.
type scanner struct {
	source  io.ReadSeeker
	begin   int64 // of the JSON in the file
	decoder *json.Decoder
}

// start begins to read, after a byte order mark if there is one.
func (s *scanner) start() error {
	var first [3]byte
	n, err := io.ReadFull(s.source, first[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	if string(first[:n]) == "\uFEFF" {
		s.begin = 3
	}
	if _, err := s.source.Seek(s.begin, io.SeekStart); err != nil {
		return err
	}
	s.decoder = json.NewDecoder(s.source)
	s.decoder.UseNumber()
	return nil
}

// object reads the object that the file consists of; field reads the value of
// each key.
func (s *scanner) object(field func(key string) error) error {
	if err := s.open('{', "an object"); err != nil {
		if errors.Is(err, io.EOF) {
			return errEmpty
		}
		return err
	}
	for s.decoder.More() {
		token, err := s.decoder.Token()
		if err != nil {
			return s.explain(err)
		}
		if err := field(token.(string)); err != nil { // More and Token see to that
			return err
		}
	}
	if _, err := s.decoder.Token(); err != nil {
		return s.explain(err)
	}
	if _, err := s.decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows its end")
	}
	return nil
}

// array reads the elements of an array, which may also be null.
func (s *scanner) array(element func(raw []byte, at section) error) error {
	token, err := s.decoder.Token()
	if err != nil {
		return s.explain(err)
	}
	if token == nil {
		return nil
	}
	if token != json.Delim('[') {
		return fmt.Errorf(`"cells" is of the wrong kind (a JSON %s)`, kindOf(token))
	}
	var raw json.RawMessage
	for s.decoder.More() {
		if err := s.decoder.Decode(&raw); err != nil {
			return s.explain(err)
		}
		if !utf8.Valid(raw) {
			return errEncoding
		}
		end := s.begin + s.decoder.InputOffset()
		if err := element(raw, section{end - int64(len(raw)), end}); err != nil {
			return err
		}
	}
	if _, err := s.decoder.Token(); err != nil {
		return s.explain(err)
	}
	return nil
}

// open reads the bracket that something must begin with.
func (s *scanner) open(bracket json.Delim, what string) error {
	token, err := s.decoder.Token()
	if err != nil {
		return s.explain(err)
	}
	if token != bracket {
		return fmt.Errorf("found a JSON %s instead of %s", kindOf(token), what)
	}
	return nil
}

func kindOf(token json.Token) string {
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return "array"
		}
		return "object"
	case string:
		return "string"
	case bool:
		return "bool"
	case nil:
		return "null"
	}
	return "number"
}

// value reads the value of a key.
func (s *scanner) value(key string, into any) error {
	var raw json.RawMessage
	if err := s.decoder.Decode(&raw); err != nil {
		return s.explain(err)
	}
	if !utf8.Valid(raw) {
		return errEncoding
	}
	if err := decode(raw, into); err != nil {
		return fmt.Errorf("%q is of the wrong kind (%w)", key, err)
	}
	return nil
}

// explain says in which line of the file a syntax error is.
func (s *scanner) explain(err error) error {
	var syntax *json.SyntaxError
	offset := int64(0)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		offset = 1 << 62 // the end
		err = errors.New("unexpected end of JSON input")
	default:
		return err
	}
	if _, seekErr := s.source.Seek(s.begin, io.SeekStart); seekErr != nil {
		return err
	}
	line, valid := 1, true
	buf := make([]byte, 64<<10)
	before := io.LimitReader(s.source, offset)
	for {
		n, readErr := before.Read(buf)
		line += bytes.Count(buf[:n], []byte("\n"))
		valid = valid && (utf8.Valid(buf[:n]) || n == len(buf)) // a rune may be cut at a full buffer's end
		if readErr != nil || n == 0 {
			break
		}
	}
	if !valid {
		return errEncoding
	}
	return fmt.Errorf("line %d is not JSON (%w)", line, err)
}
