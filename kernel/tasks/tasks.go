// Package tasks knows the tasks of a course as its notebooks carry them, what is given,
// hints and a solution of each, and keeps the record of who has done what. It runs
// nothing and judges nothing.
package tasks

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
)

// The roles of cells that a task is made of, in their metadata under "gosched". A
// lesson's exercise has a cell to write in, a check, hints and a solution. Further
// tasks have a cell to write in, a check, and one cell that has hints and solution.
const (
	roleExercise = "exercise"
	roleCheck    = "check"
	roleHints    = "hints"
	roleSolution = "solution"

	roleTask      = "task"
	roleTaskCheck = "task-check"
	roleTaskHelp  = "task-help"

	roleQuestion = "question"
)

// A Course is what its notebooks hold for learners beside their text.
type Course struct {
	Tasks     []Task
	Questions []Question
}

// A Task is something to write that is checked.
type Task struct {
	Name     string // that its check says
	Notebook string // the file's name without its ending
	Given    string // what the cell to write in has at first
	Hints    []string
	Solution string
}

// A Question is one of the quiz.
type Question struct {
	Number  int
	Answer  string // a letter
	Why     string
	Lesson  string // the notebook that answers it
	Choices string // the letters that there are
}

// Read reads all notebooks of a course.
func Read(files fs.FS) (*Course, error) {
	names, err := fs.Glob(files, "*.ipynb")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	c := &Course{}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read the course: %w", err)
		}
		nb, err := notebook.Parse(content)
		if err != nil {
			return nil, fmt.Errorf("read the course's notebook %s: %w", name, err)
		}
		if err := c.add(strings.TrimSuffix(name, ".ipynb"), nb); err != nil {
			return nil, fmt.Errorf("the course's notebook %s: %w", name, err)
		}
	}
	return c, nil
}

// add takes in the tasks and questions of a notebook.
func (c *Course) add(name string, nb *notebook.Notebook) error {
	var exercise, task Task
	for _, cell := range nb.Cells {
		facts, _ := cell.Metadata["gosched"].(map[string]any)
		role, _ := facts["role"].(string)
		switch role {
		case roleExercise:
			exercise = Task{Notebook: name, Given: cell.Source, Name: firstFunction(cell.Source)}
		case roleTask:
			task = Task{Notebook: name, Given: cell.Source, Name: firstFunction(cell.Source)}
		case roleCheck:
			exercise.named(cell.Source)
		case roleTaskCheck:
			task.named(cell.Source)
		case roleHints:
			exercise.Hints = hints(cell.Source)
		case roleSolution:
			exercise.Solution = code(cell.Source)
		case roleTaskHelp:
			task.Hints, task.Solution = hints(cell.Source), code(cell.Source)
			c.Tasks = append(c.Tasks, task)
		case roleQuestion:
			q := Question{Number: len(c.Questions) + 1}
			q.Answer, _ = facts["answer"].(string)
			q.Why, _ = facts["why"].(string)
			q.Lesson, _ = facts["lesson"].(string)
			for _, m := range choice.FindAllStringSubmatch(cell.Source, -1) {
				q.Choices += m[1]
			}
			if q.Answer == "" || !strings.Contains(q.Choices, q.Answer) {
				return fmt.Errorf("cell %s: the answer %q is none of the choices %q", cell.ID, q.Answer, q.Choices)
			}
			c.Questions = append(c.Questions, q)
		}
	}
	if exercise.Given != "" {
		// The exercise comes before what practises it further.
		i := slices.IndexFunc(c.Tasks, func(t Task) bool { return t.Notebook == name })
		if i < 0 {
			i = len(c.Tasks)
		}
		c.Tasks = slices.Insert(c.Tasks, i, exercise)
	}
	return nil
}

// choice is one of the answers that a question offers.
var choice = regexp.MustCompile(`(?m)^\* \*\*([a-e])\*\* `)

// checked finds what a check calls what it checks.
var checked = regexp.MustCompile(`check\.Run\("([^"]+)"`)

func (t *Task) named(check string) {
	if m := checked.FindStringSubmatch(check); m != nil {
		t.Name = m[1]
	}
}

var function = regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type )(\w+)`)

func firstFunction(source string) string {
	if m := function.FindStringSubmatch(source); m != nil {
		return m[1]
	}
	return ""
}

// fold is a part of a Markdown text that is folded.
var fold = regexp.MustCompile(`(?s)<details>\s*<summary>(.*?)</summary>\s*(.*?)\s*</details>`)

// hints are the texts folded under "Hint 1" and so on.
func hints(markdown string) (list []string) {
	for _, m := range fold.FindAllStringSubmatch(markdown, -1) {
		if strings.HasPrefix(m[1], "Hint ") {
			list = append(list, m[2])
		}
	}
	return list
}

// code is the Go code of the solution in a Markdown text.
func code(markdown string) string {
	_, rest, _ := strings.Cut(markdown, "Solution</b>")
	_, rest, _ = strings.Cut(rest, "```go\n")
	text, _, _ := strings.Cut(rest, "\n```")
	return text
}

// Find is the task of a name, or of NOTEBOOK/NAME; nil if there is none.
func (c *Course) Find(name string) *Task {
	for i := range c.Tasks {
		if t := &c.Tasks[i]; t.Name == name || t.Notebook+"/"+t.Name == name {
			return t
		}
	}
	return nil
}

// Declared is the task in whose given code the first function or type of a source is
// the first, too; nil if there is none.
func (c *Course) Declared(source string) *Task {
	name := firstFunction(source)
	if name == "" {
		return nil
	}
	for i := range c.Tasks {
		if firstFunction(c.Tasks[i].Given) == name {
			return &c.Tasks[i]
		}
	}
	return nil
}
