package standin

import (
	"database/sql/driver"
	"expvar"
	"flag"
	"net/http"
	"net/rpc"
	"reflect"
	"strings"
	"unsafe"

	"github.com/gosched/gosched/kernel/registry"
	"github.com/gosched/gosched/kernel/run/frame"
)

// owner is the run of the cell that the thread belongs to.
func owner(t *frame.Thread) registry.Owner {
	exec := t.G.Execution()
	cell := exec.Cell()
	origin := "source " + cell.Source
	if cell.Origin != "" {
		origin = "cell " + cell.Origin
	}
	return registry.Owner{Origin: origin, Number: cell.Number, Run: exec}
}

// registrations are the stand-ins for functions by which packages are given
// something for ever.
func registrations(r *registry.Registry) map[string]frame.NativeCall {
	type handle = func(http.ResponseWriter, *http.Request)
	table := map[string]frame.NativeCall{
		"net/http.Handle": fn2x0(func(t *frame.Thread, pattern string, h http.Handler) {
			r.Handle(owner(t), http.DefaultServeMux, pattern, h)
		}),
		"net/http.HandleFunc": fn2x0(func(t *frame.Thread, pattern string, h handle) {
			r.HandleFunc(owner(t), http.DefaultServeMux, pattern, h)
		}),
		"(*net/http.ServeMux).Handle": fn3x0(func(t *frame.Thread, mux *http.ServeMux, pattern string, h http.Handler) {
			r.Handle(owner(t), mux, pattern, h)
		}),
		"(*net/http.ServeMux).HandleFunc": fn3x0(func(t *frame.Thread, mux *http.ServeMux, pattern string, h handle) {
			r.HandleFunc(owner(t), mux, pattern, h)
		}),
		"(*net/http.ServeMux).Handler": fn2x2(func(_ *frame.Thread, mux *http.ServeMux, req *http.Request) (http.Handler, string) {
			return registry.Handler(mux, req)
		}),

		"expvar.Publish":   fn2x0(func(t *frame.Thread, name string, v expvar.Var) { r.Publish(owner(t), name, v) }),
		"expvar.NewInt":    fn1x1(func(t *frame.Thread, name string) *expvar.Int { return r.NewInt(owner(t), name) }),
		"expvar.NewFloat":  fn1x1(func(t *frame.Thread, name string) *expvar.Float { return r.NewFloat(owner(t), name) }),
		"expvar.NewString": fn1x1(func(t *frame.Thread, name string) *expvar.String { return r.NewString(owner(t), name) }),
		"expvar.NewMap":    fn1x1(func(t *frame.Thread, name string) *expvar.Map { return r.NewMap(owner(t), name) }),
		"expvar.Get":       fn1x1(func(_ *frame.Thread, name string) expvar.Var { return registry.Published(name) }),
		"expvar.Do":        fn1x0(func(_ *frame.Thread, f func(expvar.KeyValue)) { registry.EachPublished(f) }),

		"encoding/gob.Register":     fn1x0(func(t *frame.Thread, v any) { r.GobRegister(owner(t), v) }),
		"encoding/gob.RegisterName": fn2x0(func(t *frame.Thread, name string, v any) { r.GobRegisterName(owner(t), name, v) }),

		"database/sql.Register": fn2x0(func(t *frame.Thread, name string, d driver.Driver) { r.SQLRegister(owner(t), name, d) }),

		"net/rpc.Register": fn1x1(func(t *frame.Thread, v any) error { return r.RPCRegister(owner(t), rpc.DefaultServer, "", v) }),
		"net/rpc.RegisterName": fn2x1(func(t *frame.Thread, name string, v any) error {
			return r.RPCRegister(owner(t), rpc.DefaultServer, name, v)
		}),
		"(*net/rpc.Server).Register": fn2x1(func(t *frame.Thread, s *rpc.Server, v any) error { return r.RPCRegister(owner(t), s, "", v) }),
		"(*net/rpc.Server).RegisterName": fn3x1(func(t *frame.Thread, s *rpc.Server, name string, v any) error {
			return r.RPCRegister(owner(t), s, name, v)
		}),
	}
	for name, call := range flagDefinitions(r) {
		table[name] = call
	}
	return table
}

// flagDefinitions are the functions and methods of package flag that define a
// flag: they take its name first, or after what its value goes to.
func flagDefinitions(r *registry.Registry) map[string]frame.NativeCall {
	functions := map[string]any{
		"Bool": flag.Bool, "Duration": flag.Duration, "Float64": flag.Float64, "Int": flag.Int, "Int64": flag.Int64,
		"String": flag.String, "Uint": flag.Uint, "Uint64": flag.Uint64,
		"BoolFunc": flag.BoolFunc, "Func": flag.Func,
		"BoolVar": flag.BoolVar, "DurationVar": flag.DurationVar, "Float64Var": flag.Float64Var, "IntVar": flag.IntVar,
		"Int64Var": flag.Int64Var, "StringVar": flag.StringVar, "UintVar": flag.UintVar, "Uint64Var": flag.Uint64Var,
		"TextVar": flag.TextVar, "Var": flag.Var,
	}
	set := reflect.TypeFor[*flag.FlagSet]()
	table := map[string]frame.NativeCall{}
	for name, f := range functions {
		at := 0
		if strings.HasSuffix(name, "Var") {
			at = 1
		}
		call := ReflectCall(reflect.ValueOf(f))
		table["flag."+name] = func(t *frame.Thread, args, res []unsafe.Pointer) {
			r.Flag(owner(t), flag.CommandLine, arg[string](args[at]))
			call(t, args, res)
		}
		method, ok := set.MethodByName(name)
		if !ok {
			continue
		}
		callMethod := ReflectCall(method.Func)
		table["(*flag.FlagSet)."+name] = func(t *frame.Thread, args, res []unsafe.Pointer) {
			r.Flag(owner(t), arg[*flag.FlagSet](args[0]), arg[string](args[at+1]))
			callMethod(t, args, res)
		}
	}
	return table
}
