package main

import (
	"regexp"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
)

// quick are the programs that run in WebAssembly also where not everything is
// tested: each takes seconds to start.
var quick = regexp.MustCompile(`^own/(closures|generics|goroutines|goto_labels|maps|method_values|select|range_func|struct.*|deep.*)\.go$`)

// TestConformance_WebAssembly runs programs as browsers run them, in Node.js.
func TestConformance_WebAssembly(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the engine for WebAssembly, and runs many programs")
	}
	testenv.Need(t, "go", "node")
	host, err := buildHost(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, err := readKnown(wasmPath())
	if err != nil {
		t.Fatal(err)
	}
	all, err := load([]string{"own"})
	if err != nil {
		t.Fatal(err)
	}
	var programs []program
	for _, p := range all {
		if quick.MatchString(p.name) {
			programs = append(programs, p)
		}
	}
	if len(programs) < 5 {
		t.Fatalf("%d programs", len(programs))
	}
	s := &suite{modes: []mode{modeSource}, timeout: 2 * time.Minute, parallel: 2, known: k, host: host}
	results, err := s.run(t.Context(), programs)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.skipped != "" {
			t.Errorf("%s %s", r.program.name, r.skipped)
		}
		for m, cause := range r.unexpected() {
			t.Errorf("%s [%s] %s", r.program.name, m, lines(cause, 5))
		}
	}
}
