package main

import (
	"context"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/notebooks"
)

// engineVariable names the environment variable that says which engine runs
// cells where no flag does.
const engineVariable = "GOSCHED_ENGINE"

// formatVariable names the environment variable that, set to on, has cells
// formatted when they run, as %fmt on has it.
const formatVariable = "GOSCHED_FORMAT"

// classVariable names the environment variable by which a hub says where it sums up
// what a class has done.
const classVariable = "GOSCHED_CLASS_PROGRESS"

// engine makes the session that a worker serves.
func (p *process) engine(context.Context) (session.Engine, error) {
	facts, err := p.facts()
	if err != nil {
		return nil, err
	}
	e, err := engine.Open(engine.Options{
		Kind: engine.Kind(p.host.Getenv(engineVariable)), Facts: facts, History: p.historyFile(), Format: p.host.Getenv(formatVariable) == "on",
		Course: notebooks.Files, Progress: p.progressFile(), Class: p.host.Getenv(classVariable),
		SparesGarbage: p.host.Getenv("GOGC") == "",
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// An engineFlag is the flag that chooses an engine.
type engineFlag struct {
	Engine string `placeholder:"direct|yaegi" help:"What runs the cells; by default direct, where that can run."`
}

// chosen checks the engine that a flag or else the environment names, which may
// be none.
func (p *process) chosen(flag string) (engine.Kind, error) {
	name, from := flag, "--engine"
	if name == "" {
		name, from = p.host.Getenv(engineVariable), engineVariable
	}
	switch kind := engine.Kind(name); kind {
	case "", engine.Direct, engine.Yaegi:
		return kind, nil
	}
	return "", usageErrorf("%s is %q: the engines are direct and yaegi", from, name)
}
