package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/tasks"
)

// A learner is who works through the course in a session.
type learner struct {
	course func() (*tasks.Course, error) // read when it is first asked for
	record tasks.Record
	class  string // the file of what the class has done, or empty

	mu      sync.Mutex
	last    string         // the task that was checked, or asked about, last
	told    map[string]int // how many hints of a task have been given
	answers tasks.Answers
}

func newLearner(course fs.FS, progress, class string) *learner {
	return &learner{
		course: sync.OnceValues(func() (*tasks.Course, error) {
			if course == nil {
				return nil, errors.New("this gosched carries no course")
			}
			return tasks.Read(course)
		}),
		record:  tasks.Record{Path: progress},
		class:   class,
		told:    map[string]int{},
		answers: tasks.Answers{},
	}
}

func sayOf(emit func(session.Event), text string) {
	emit(session.Stream{Name: session.Stdout, Text: text + "\n"})
}

// judged is told of each check. What is right for the first time is kept.
func (l *learner) judged(name string, ok bool) {
	c, err := l.course()
	if err != nil || c.Find(name) == nil {
		return // a check of the learner's own
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = name
	if !ok {
		return
	}
	if err := l.record.Add(tasks.Entry{Task: name, When: time.Now()}); err != nil {
		sayOf(emitter(), fmt.Sprintf("(%v)", err))
	}
}

// answer takes an answer to a question of the quiz.
func (l *learner) answer(number int, answer string) {
	c, err := l.course()
	if err != nil {
		failCheck(err.Error(), []string{err.Error()})
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := c.Give(l.answers, number, answer)
	if err != nil {
		failCheck(err.Error(), []string{err.Error()})
		return
	}
	sayOf(emitter(), text)
}

// score sums the quiz up.
func (l *learner) score() {
	c, err := l.course()
	if err != nil {
		failCheck(err.Error(), []string{err.Error()})
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	emit := emitter()
	if len(l.answers) == 0 {
		sayOf(emit, "No question is answered yet: run the cells with check.Answer first.")
		return
	}
	entries, err := l.record.Read()
	if err != nil {
		sayOf(emit, fmt.Sprintf("(%v)", err))
	}
	var before *tasks.Score
	for _, e := range entries {
		if e.Quiz != nil {
			before = e.Quiz
			break
		}
	}
	score, lines := c.Judge(l.answers, before)
	for _, line := range lines {
		sayOf(emit, line)
	}
	if err := l.record.Add(tasks.Entry{Quiz: &score, When: time.Now()}); err != nil {
		sayOf(emit, fmt.Sprintf("(%v)", err))
	}
}

// task is the task of a name, or the one that was checked last.
func (l *learner) task(name string) (*tasks.Task, error) {
	c, err := l.course()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if name == "" {
		name = l.last
	}
	if name == "" {
		return nil, errors.New("which task? Run its check first, or write its name behind: %hint sleep\n%progress lists all tasks")
	}
	t := c.Find(name)
	if t == nil {
		return nil, noTask(c, name)
	}
	l.last = t.Name
	return t, nil
}

// nextHint is the next hint of a task, and its number.
func (l *learner) nextHint(t *tasks.Task) (hint string, number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.told[t.Name]
	if n >= len(t.Hints) {
		return "", n
	}
	l.told[t.Name] = n + 1
	return t.Hints[n], n + 1
}
