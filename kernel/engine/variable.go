package engine

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/display"
)

// A variable is one of the session.
type variable struct {
	name string
	obj  *types.Var
}

// variables lists the session's variables by name.
func (e *Engine) variables() []variable {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []variable
	for _, name := range slices.Sorted(slices.Values(e.session.Names())) {
		if v, ok := e.session.Lookup(name).(*types.Var); ok && name != "_" && e.globals[v] != nil {
			list = append(list, variable{name, v})
		}
	}
	return list
}

// value is what a session variable holds now.
func (e *Engine) value(name string) (v any, ok bool) {
	e.mu.Lock()
	obj, _ := e.session.Lookup(name).(*types.Var)
	global := e.globals[obj]
	e.mu.Unlock()
	if global == nil {
		return nil, false
	}
	v, err := e.executor.Value(global)
	return v, err == nil
}

// typeText is a type as cells write it.
func typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Name() == "main" {
			return ""
		}
		return p.Name()
	})
}

// known reports whether a name means something to Go in the session.
func (e *Engine) known(name string) bool {
	if types.Universe.Lookup(name) != nil || name == display.Name {
		return true
	}
	e.mu.Lock()
	declared := e.session.Lookup(name) != nil || e.session.Imports()[name] != ""
	e.mu.Unlock()
	return declared || slices.Contains(packageNames(), name)
}

// environment gives the session variables among names to a program, as
// NAME=value. The error names one that has no text without a zero byte.
func (e *Engine) environment(names []string) ([]string, error) {
	var env []string
	for _, name := range names {
		v, ok := e.value(name)
		if !ok {
			continue
		}
		text := environmentText(v)
		if strings.ContainsRune(text, 0) {
			return nil, fmt.Errorf("$%s cannot be given to a program: the value holds a zero byte", name)
		}
		env = append(env, name+"="+text)
	}
	return env, nil
}

// environmentText is a value for a program: text as it is, and the elements of a
// list a line each.
func environmentText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case []string:
		return strings.Join(v, "\n")
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Trim(display.Text(v), `"`)
}

// definitions lists what cells have declared besides variables: functions and
// types with their kind.
func (e *Engine) definitions() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := map[string]string{}
	for _, name := range e.session.Names() {
		switch o := e.session.Lookup(name).(type) {
		case *types.Func:
			list[name] = "func" + strings.TrimPrefix(typeText(o.Type()), "func")
		case *types.TypeName:
			list[name] = "type " + typeText(o.Type().Underlying())
		case *types.Const:
			list[name] = "const " + typeText(o.Type()) + " = " + o.Val().String()
		}
	}
	maps.DeleteFunc(list, func(name, _ string) bool { return name == "_" || name == "main" || name == "init" })
	return list
}
