package stdlib

import (
	"expvar"
	"net/http"
	"net/http/pprof"
	"sync"
)

// Two packages register handlers with http.DefaultServeMux when they are
// linked, and here every package is linked. A program that does not import
// them must find the mux empty, and one that does import them finds the
// handlers there. Nobody else has registered any at this point: this package
// is initialised after what it imports.
func init() {
	*http.DefaultServeMux = http.ServeMux{}
}

var registerPprof, registerExpvar sync.Once

// Imported does what importing a package does beside making its names known.
// It is to be called when a cell imports path. A second call for the same path
// does nothing.
func Imported(path string) {
	switch path {
	case "net/http/pprof":
		registerPprof.Do(func() {
			http.HandleFunc("GET /debug/pprof/", pprof.Index)
			http.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
			http.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
			http.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
			http.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
		})
	case "expvar":
		registerExpvar.Do(func() {
			http.Handle("GET /debug/vars", expvar.Handler())
		})
	}
}
