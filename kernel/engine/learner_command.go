package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gosched/gosched/internal/spelling"
	"github.com/gosched/gosched/internal/table"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/tasks"
)

var hintCommand = command{
	name: "hint",
	usage: []usage{
		{"%hint", "give the next hint to the task that was checked last"},
		{"%hint NAME", "give the next hint to a task of the course"},
	},
	help:     "Each task has three hints, each of which says more than the one before. A task is called what its check says.",
	examples: []string{"%hint", "%hint sleep"},
	line: func(_ context.Context, in *invocation) error {
		l := in.engine.learner
		t, err := l.task(in.args)
		if err != nil {
			return err
		}
		hint, n := l.nextHint(t)
		switch {
		case len(t.Hints) == 0:
			in.say("%s has no hints. %%solution %s shows an answer.", t.Name, t.Name)
		case hint == "":
			in.say("%s: those were all %d hints. They stand below its check, too; %%solution %s shows an answer.", t.Name, n, t.Name)
		default:
			in.say("%s, hint %d of %d: %s", t.Name, n, len(t.Hints), hint)
		}
		return nil
	},
	complete: completeTasks,
}

var solutionCommand = command{
	name: "solution",
	usage: []usage{
		{"%solution", "show an answer to the task that was checked last"},
		{"%solution NAME", "show an answer to a task of the course"},
	},
	help:     "It is one of many. Whatever the check lets pass is right, too.",
	examples: []string{"%solution", "%solution sleep"},
	line: func(_ context.Context, in *invocation) error {
		t, err := in.engine.learner.task(in.args)
		if err != nil {
			return err
		}
		in.say("%s", t.Solution)
		return nil
	},
	complete: completeTasks,
}

var progressCommand = command{
	name: "progress",
	usage: []usage{
		{"%progress", "list the tasks of the course, and which you have done when"},
		{"%progress NOTEBOOK", "list those of one notebook"},
		{"%progress class", "list how many of a class have done each, where a hub sums that up"},
	},
	help:     "What a check has let pass once is kept, on this machine only, next to the history of your cells.",
	examples: []string{"%progress", "%progress 05"},
	line: func(_ context.Context, in *invocation) error {
		l := in.engine.learner
		c, err := l.course()
		if err != nil {
			return err
		}
		if in.args == "class" {
			t, err := classTable(c, l.class)
			if err != nil {
				return err
			}
			in.showTable(t)
			return nil
		}
		entries, err := l.record.Read()
		if err != nil {
			return err
		}
		t, err := progressTable(c, entries, in.args)
		if err != nil {
			return err
		}
		if l.record.Path == "" {
			t.Notes = append(t.Notes, "Nothing is kept here: GOSCHED_PROGRESS is off.")
		}
		in.showTable(t)
		return nil
	},
	complete: func(e *Engine, before []string, _ string) []session.Match {
		c, err := e.learner.course()
		if err != nil || len(before) > 0 {
			return nil
		}
		var list []session.Match
		for _, t := range c.Tasks {
			if len(list) == 0 || list[len(list)-1].Text != t.Notebook {
				list = append(list, session.Match{Text: t.Notebook, Kind: "path"})
			}
		}
		return list
	},
}

// progressTable lists what there is to do and what is done, of the notebooks whose
// names begin with prefix.
func progressTable(c *tasks.Course, entries []tasks.Entry, prefix string) (*table.Table, error) {
	passed := map[string]time.Time{}
	var scores []string
	for _, e := range entries {
		if e.Quiz != nil {
			scores = append(scores, fmt.Sprintf("%d of %d", e.Quiz.Right, e.Quiz.Of))
		} else {
			passed[e.Task] = e.When
		}
	}
	out := &table.Table{Columns: []string{"notebook", "task", "done"}, Rule: true}
	done, last := 0, ""
	for _, t := range c.Tasks {
		if !strings.HasPrefix(t.Notebook, prefix) {
			continue
		}
		row := []string{t.Notebook, t.Name, "–"}
		if t.Notebook == last {
			row[0] = ""
		}
		last = t.Notebook
		if when, ok := passed[t.Name]; ok {
			done++
			row[2] = "✓ " + when.Local().Format("2 Jan 2006, 15:04")
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		return nil, fmt.Errorf("no notebook with tasks begins with %q\n%%progress lists all", prefix)
	}
	out.Notes = append(out.Notes, fmt.Sprintf("%d of %d done.", done, len(out.Rows)))
	if len(scores) > 0 {
		out.Notes = append(out.Notes, "Quiz: "+strings.Join(scores, ", then ")+" right.")
	}
	return out, nil
}

func (in *invocation) showTable(t *table.Table) {
	in.run.exec.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{"text/plain": t.Text(), "text/html": t.HTML()}}})
}

// classTable lists how many of a class have done each task and, if the file says so,
// who; tasks that nobody has done are counted at the end.
func classTable(c *tasks.Course, path string) (*table.Table, error) {
	if path == "" {
		return nil, errors.New("nobody sums up what a class has done here\na hub does so when it is started with GOSCHED_HUB_PROGRESS=counts or =names")
	}
	class, err := tasks.ReadClass(path)
	if err != nil {
		return nil, err
	}
	out := &table.Table{Columns: []string{"notebook", "task", "done", ""}, Rule: true}
	open := 0
	for _, t := range c.Tasks {
		done := class.Tasks[t.Name]
		if done.Done == 0 {
			open++
			continue
		}
		out.Rows = append(out.Rows, []string{t.Notebook, t.Name, fmt.Sprintf("%d of %d", done.Done, class.Learners), strings.Join(done.Names, ", ")})
	}
	out.Notes = append(out.Notes, fmt.Sprintf("%d tasks that nobody has done yet.", open))
	return out, nil
}

// resetExercise puts what was given in the place of a cell.
func resetExercise(in *invocation, name, source string) error {
	l := in.engine.learner
	c, err := l.course()
	if err != nil {
		return err
	}
	t := c.Declared(source)
	if name != "" || t == nil {
		if t, err = l.task(name); err != nil {
			return err
		}
	}
	in.run.rewrite = t.Given
	in.say("%s is as it was given: run this cell to begin again.", t.Name)
	return nil
}

// resetsExercise reports whether %reset is asked for a task, and for which.
func resetsExercise(args string) (name string, ok bool) {
	word, name, _ := strings.Cut(args, " ")
	return strings.TrimSpace(name), word == "exercise"
}

var errWholeReset = errors.New("%%reset is for an exercise: %%reset exercise\nto forget names, write %reset, with one %")

func noTask(c *tasks.Course, name string) error {
	var names []string
	for _, t := range c.Tasks {
		names = append(names, t.Name)
	}
	text := fmt.Sprintf("the course has no task %s", name)
	if near := spelling.DidYouMean(spelling.Nearest(name, names), ""); near != "" {
		return errors.New(text + "; " + near)
	}
	return errors.New(text + "\n%progress lists all tasks")
}

// completeTasks offers the tasks of the course.
func completeTasks(e *Engine, before []string, _ string) []session.Match {
	c, err := e.learner.course()
	if err != nil || len(before) > 0 {
		return nil
	}
	var list []session.Match
	for _, t := range c.Tasks {
		if !slices.ContainsFunc(list, func(m session.Match) bool { return m.Text == t.Name }) {
			list = append(list, session.Match{Text: t.Name, Kind: "function", Signature: t.Notebook})
		}
	}
	return list
}
