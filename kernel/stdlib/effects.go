package stdlib

import (
	"expvar"
	"flag"
	"net/http"
	"net/http/pprof"
	"os"
	"sync"
	_ "testing/quick" // before this package, for its flag
)

// Two packages register handlers with http.DefaultServeMux when they are
// linked, one a flag, and here every package is linked. A program that does not
// import them must find neither, and one that does import them finds what they
// registered. Nobody else has registered any at this point: this package is
// initialised after what it imports.
func init() {
	*http.DefaultServeMux = http.ServeMux{}
	quickChecks = flag.Lookup("quickchecks")
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	flag.CommandLine.Usage = func() { flag.Usage() }
}

// quickChecks is the flag of package testing/quick.
var quickChecks *flag.Flag

var registerPprof, registerExpvar, registerQuick sync.Once

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
	case "testing/quick":
		registerQuick.Do(func() {
			if f := quickChecks; f != nil {
				flag.Var(f.Value, f.Name, f.Usage)
			}
		})
	case "expvar":
		registerExpvar.Do(func() {
			http.Handle("GET /debug/vars", expvar.Handler())
		})
	}
}
