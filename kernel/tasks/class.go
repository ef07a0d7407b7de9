package tasks

import (
	"encoding/json"
	"fmt"
	"os"
)

// A Class is what the learners of a hub have done, as the hub sums it up.
type Class struct {
	Learners int                  `json:"learners"`
	Tasks    map[string]ClassTask `json:"tasks"`
}

// A ClassTask says how many have done a task and, where the teacher wants that, who.
type ClassTask struct {
	Done  int      `json:"done"`
	Names []string `json:"names"`
}

// ReadClass reads the file that a hub writes.
func ReadClass(path string) (*Class, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read what the class has done: %w", err)
	}
	var c Class
	if err := json.Unmarshal(content, &c); err != nil {
		return nil, fmt.Errorf("read what the class has done: %w", err)
	}
	return &c, nil
}
