package main

import (
	"log/slog"
	"runtime"
	"strings"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/goruntime"
)

// withoutFacts names facts of kernel/goruntime, separated by commas, that are
// taken as not holding: it is for trying what happens then.
const withoutFacts = "GOSCHED_WITHOUT_FACTS"

// facts says what is as expected of the Go runtime that this program was built
// with.
func (p *process) facts() (*goruntime.Facts, error) {
	facts := goruntime.Check()
	names := p.host.Getenv(withoutFacts)
	if names == "" {
		return facts, nil
	}
	return facts.Without(strings.Split(names, ",")...)
}

// logFacts tells the kernel's log which facts do not hold.
func (p *process) logFacts(log *slog.Logger) {
	facts, err := p.facts()
	if err != nil {
		log.Error("cannot leave out facts", "variable", withoutFacts, "err", err)
		return
	}
	for _, f := range facts.Failures() {
		log.Warn("the Go runtime is not as expected", "fact", f.Fact.Name(), "go", runtime.Version(), "err", f.Err, "so", f.Fact.Without())
	}
}

// runtime looks at what gosched knows of the Go runtime, and reports whether that
// is enough for cells to run.
func (d *doctor) runtime() bool {
	facts, err := d.facts()
	if err != nil {
		d.wrong("unset "+withoutFacts, "%s: %v", withoutFacts, err)
		return false
	}
	fix := ""
	if d.host.Getenv(withoutFacts) != "" {
		fix = "unset " + withoutFacts
	}
	refusal := facts.Direct()
	switch none := facts.Scheduler(); {
	case none != nil:
		d.wrong(fix, "Cells cannot run: %v.", none)
	case refusal != nil:
		d.wrong(fix, "Cells run with the yaegi engine, more slowly. The direct engine cannot run: %v.", refusal)
	}
	failures := facts.Failures()
	for _, f := range failures {
		if refusal == nil || !f.Fact.Needed() {
			d.note(fix, "%v.", f)
		}
	}
	d.machineCode(facts)
	if len(failures) == 0 {
		d.fine("The Go runtime is as gosched expects it, in all of %d facts.", len(goruntime.Names()))
	}
	return facts.Scheduler() == nil
}

// machineCode says whether hot functions of cells become machine code.
func (d *doctor) machineCode(facts *goruntime.Facts) {
	asked := d.host.Getenv(engine.JITVariable)
	mode := engine.JITMode(asked)
	switch {
	case !goruntime.MachineKnown:
		d.fine("Cells run without machine code: there is none for %s/%s yet.", runtime.GOOS, runtime.GOARCH)
	case mode != "on" && mode != "always" && asked == "":
		d.fine("Cells run without machine code. %s=on in the kernel's environment compiles functions that take long; it is new.", engine.JITVariable)
	case mode != "on" && mode != "always":
		d.fine("Cells run without machine code, as %s=%s asks for.", engine.JITVariable, asked)
	case facts.Holds(goruntime.Machine):
		d.fine("Functions of cells that take long are compiled to machine code. %s=off in the kernel's environment turns that off.", engine.JITVariable)
	}
}
