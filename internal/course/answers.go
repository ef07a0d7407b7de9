package course

import (
	"fmt"
	"os"
	"strings"
)

// An Answer is one that somebody might give to an exercise.
type Answer struct {
	Name   string // what is special about it
	Right  bool
	Source string
}

// ReadAnswers reads the answers to an exercise from a file in which each begins
// with a line such as
//
//	== wrong: sleeps instead of waiting
func ReadAnswers(path string) ([]Answer, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the answers to an exercise: %w", err)
	}
	var answers []Answer
	for line := range strings.Lines(string(content)) {
		head, ok := strings.CutPrefix(line, "== ")
		if !ok {
			if len(answers) == 0 {
				return nil, fmt.Errorf("%s begins with no answer: %q", path, line)
			}
			answers[len(answers)-1].Source += line
			continue
		}
		kind, name, ok := strings.Cut(strings.TrimSpace(head), ": ")
		if !ok || kind != "right" && kind != "wrong" {
			return nil, fmt.Errorf("%s: an answer is right or wrong, and has a name: %q", path, line)
		}
		answers = append(answers, Answer{Name: name, Right: kind == "right"})
	}
	return answers, nil
}
