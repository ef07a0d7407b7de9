package engine

import (
	"context"
	"fmt"
	"go/types"
	"io"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A dumper is an Executor that can show what it makes of a function.
type dumper interface {
	Dump(w io.Writer, fn *ssa.Function) error
}

// dumpCommand shows maintainers what a function was compiled to.
var dumpCommand = command{
	name:     "dump",
	usage:    []usage{{"%dump NAME", "show what the engine has compiled a function to (for who works on gosched)"}},
	complete: completeNames,
	examples: []string{"func double(n int) int { return 2 * n }\n%dump double"},
	help:     "NAME is a function, or a method (Type.Method). With the direct engine each line is an instruction in SSA form, and what carries it out; with yaegi it is what that is given.",
	line: func(_ context.Context, in *invocation) error {
		if len(in.words()) != 1 {
			return in.misused()
		}
		d, ok := in.engine.executor.(dumper)
		if !ok {
			return fmt.Errorf("the %s engine has nothing to dump", in.engine.choice.Kind)
		}
		fn, err := in.engine.functionNamed(in.args)
		if err != nil {
			return err
		}
		var b strings.Builder
		if err := d.Dump(&b, fn); err != nil {
			return err
		}
		in.say("%s", strings.TrimSuffix(b.String(), "\n"))
		return nil
	},
}

// functionNamed finds a function or method of the session.
func (e *Engine) functionNamed(name string) (*ssa.Function, error) {
	first, method, isMethod := strings.Cut(name, ".")
	e.mu.Lock()
	obj := e.session.Lookup(first)
	e.mu.Unlock()
	if t, ok := obj.(*types.TypeName); ok && isMethod {
		obj, _, _ = types.LookupFieldOrMethod(types.NewPointer(t.Type()), true, t.Pkg(), method)
	}
	f, ok := obj.(*types.Func)
	if !ok {
		return nil, fmt.Errorf("%s is no function of this session", name)
	}
	if sig := f.Signature(); sig.TypeParams() != nil || sig.RecvTypeParams() != nil {
		return nil, fmt.Errorf("%s has type parameters: only its instances are compiled, each when it is first used", name)
	}
	fn := e.program.Function(f)
	if fn == nil {
		return nil, fmt.Errorf("%s has no body", name)
	}
	return fn, nil
}
