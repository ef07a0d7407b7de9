package main

import (
	"fmt"
	"path/filepath"

	"github.com/gosched/gosched/install/course"
	"github.com/gosched/gosched/notebooks"
)

type courseCommand struct {
	Dir string `arg:"" optional:"" default:"gosched-course" help:"Folder for the copy; by default ${default} here."`
}

func (*courseCommand) Help() string {
	return `The copy is yours. Run it again with a newer gosched to take in what is new: notebooks that you have worked in stay as they are, and the new version comes beside yours.`
}

func (c *courseCommand) Run(p *process) error {
	if _, err := p.copyCourse(c.Dir); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Open it with: gosched lab %s\n", shellQuote(c.Dir))
	return nil
}

// copyCourse brings the learner's copy in a folder up to date and says what it
// did.
func (p *process) copyCourse(dir string) (path string, err error) {
	path = dir
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	update, err := course.Copy(notebooks.ForLearners, path)
	if err != nil {
		return "", err
	}
	fmt.Fprint(p.stdout, update.Says(dir))
	return path, nil
}
