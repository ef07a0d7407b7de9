package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync"
)

// A lineReader reads lines of a stream for whoever asks next. Nothing is read
// before somebody asks.
type lineReader struct {
	turn  chan struct{} // held by who asks
	lines chan readLine
	start sync.Once
	from  *bufio.Reader
}

type readLine struct {
	text string
	err  error
}

func newLineReader(from io.Reader) *lineReader {
	return &lineReader{turn: make(chan struct{}, 1), lines: make(chan readLine), from: bufio.NewReader(from)}
}

// line returns the next line without its end, or io.EOF.
func (l *lineReader) line(ctx context.Context) (string, error) {
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-l.turn }()
	// A blocked read of a terminal cannot be ended: the goroutine lives as
	// long as the process, and what it reads in vain is kept for the next.
	l.start.Do(func() { go l.read() })
	select {
	case line, open := <-l.lines:
		if !open {
			return "", io.EOF
		}
		return line.text, line.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (l *lineReader) read() {
	defer close(l.lines)
	for {
		text, err := l.from.ReadString('\n')
		if err != nil && (text == "" || err != io.EOF) {
			if err != io.EOF {
				l.lines <- readLine{err: err}
			}
			return
		}
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		l.lines <- readLine{text: text}
	}
}
