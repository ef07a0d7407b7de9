package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gosched/gosched/install"
)

// A grade says how bad a finding is.
type grade int

const (
	fine  grade = iota
	note        // worth knowing, and nothing is broken
	wrong       // something does not work
)

// A finding is one thing that the doctor has looked at.
type finding struct {
	grade grade
	text  string
	fix   []string
}

// A doctor collects findings.
type doctor struct {
	*process
	findings []finding
}

func (d *doctor) fine(format string, args ...any) {
	d.findings = append(d.findings, finding{grade: fine, text: fmt.Sprintf(format, args...)})
}

func (d *doctor) note(fix, format string, args ...any) {
	d.findings = append(d.findings, finding{note, fmt.Sprintf(format, args...), lines(fix)})
}

func (d *doctor) wrong(fix, format string, args ...any) {
	d.findings = append(d.findings, finding{wrong, fmt.Sprintf(format, args...), lines(fix)})
}

// trouble adds an error, with what mends it if it knows.
func (d *doctor) trouble(err error) {
	var trouble *install.Trouble
	if errors.As(err, &trouble) {
		d.findings = append(d.findings, finding{wrong, trouble.What, trouble.Fix})
		return
	}
	d.wrong("", "%v", err)
}

func lines(fix string) []string {
	if fix == "" {
		return nil
	}
	return strings.Split(fix, "\n")
}

type doctorCommand struct{}

func (*doctorCommand) Help() string {
	return `It looks at everything that the Go kernel needs, says what is wrong in plain words, and names the command that mends it. It changes nothing.

Exit code: 0 if nothing is wrong, 1 otherwise.`
}

func (*doctorCommand) Run(ctx context.Context, p *process) error {
	d := &doctor{process: p}
	d.program()
	if d.runtime() {
		d.cell(ctx)
	}
	lab := d.lab(ctx)
	d.jupyter(ctx, lab)
	return d.report()
}

// report prints the findings. The error is that something is wrong.
func (d *doctor) report() error {
	colour := d.colours(d.stdout)
	label := map[grade]string{fine: "ok   ", note: "note ", wrong: "WRONG"}
	style := map[grade]string{fine: green, note: "", wrong: red}
	troubles := 0
	for _, f := range d.findings {
		mark := label[f.grade]
		if colour {
			mark = style[f.grade] + mark + plain
		}
		fmt.Fprintf(d.stdout, "%s  %s\n", mark, strings.ReplaceAll(strings.TrimSpace(f.text), "\n", "\n       "))
		for i, line := range f.fix {
			lead := "       to mend it:  "
			if f.grade == note {
				lead = "       to change it:"
			}
			if i > 0 {
				lead = strings.Repeat(" ", len(lead))
			}
			fmt.Fprintf(d.stdout, "%s %s\n", lead, line)
		}
		if f.grade == wrong {
			troubles++
		}
	}
	switch troubles {
	case 0:
		fmt.Fprintln(d.stdout, "\nNothing is wrong.")
		return nil
	case 1:
		fmt.Fprintln(d.stdout, "\nOne thing is wrong.")
	default:
		fmt.Fprintf(d.stdout, "\n%d things are wrong.\n", troubles)
	}
	return &exitError{code: exitFailed}
}
