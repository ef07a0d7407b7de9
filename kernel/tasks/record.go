package tasks

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A Record is the file in which it stands what a learner has done: a line of JSON for
// each task when it is right for the first time, and for each score of the quiz. An
// empty path keeps nothing.
type Record struct{ Path string }

// An Entry is a line of a record.
type Entry struct {
	Task string    `json:"task,omitempty"`
	Quiz *Score    `json:"quiz,omitempty"`
	When time.Time `json:"when"`
}

// A Score is what a quiz has come to.
type Score struct {
	Right int `json:"right"`
	Of    int `json:"of"`
}

// Add writes an entry. A task that is there already is left as it is.
func (r Record) Add(e Entry) error {
	if r.Path == "" {
		return nil
	}
	all, err := r.Read()
	if err != nil {
		return err
	}
	for _, old := range all {
		if e.Task != "" && old.Task == e.Task {
			return nil
		}
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(r.Path), 0o700); err != nil {
		return fmt.Errorf("keep your progress: %w", err)
	}
	file, err := os.OpenFile(r.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep your progress: %w", err)
	}
	_, err = file.Write(append(line, '\n')) // one write: two sessions may do so at once
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("keep your progress: %w", err)
	}
	return nil
}

// Read reads all entries. Lines that are none are passed over: the file is the
// learner's, and one bad line is not to cost the others.
func (r Record) Read() ([]Entry, error) {
	if r.Path == "" {
		return nil, nil
	}
	file, err := os.Open(r.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read your progress: %w", err)
	}
	defer file.Close()
	var all []Entry
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) == nil && (e.Task != "" || e.Quiz != nil) {
			all = append(all, e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read your progress: %w", err)
	}
	return all, nil
}
