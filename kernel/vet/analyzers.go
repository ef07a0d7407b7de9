package vet

import (
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/appends"
	"golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/atomic"
	"golang.org/x/tools/go/analysis/passes/bools"
	"golang.org/x/tools/go/analysis/passes/composite"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/defers"
	"golang.org/x/tools/go/analysis/passes/errorsas"
	"golang.org/x/tools/go/analysis/passes/hostport"
	"golang.org/x/tools/go/analysis/passes/httpresponse"
	"golang.org/x/tools/go/analysis/passes/ifaceassert"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/nilfunc"
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/analysis/passes/shift"
	"golang.org/x/tools/go/analysis/passes/sigchanyzer"
	"golang.org/x/tools/go/analysis/passes/slog"
	"golang.org/x/tools/go/analysis/passes/stdmethods"
	"golang.org/x/tools/go/analysis/passes/stringintconv"
	"golang.org/x/tools/go/analysis/passes/structtag"
	"golang.org/x/tools/go/analysis/passes/timeformat"
	"golang.org/x/tools/go/analysis/passes/unmarshal"
	"golang.org/x/tools/go/analysis/passes/unreachable"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/analysis/passes/waitgroup"
)

// The suite is what go vet runs, without the analysers of assembly, build tags,
// cgo, tests and unsafe, which need other files than one of Go, and without
// loopclosure, which is about Go before 1.22.
var suite = append(ofCalls[:len(ofCalls):len(ofCalls)], ofTheRest...)

// ofCalls look at calls, and at functions and interfaces for what calls of them mean.
// Where there are none of these, they have nothing to say.
var ofCalls = []*analysis.Analyzer{
	appends.Analyzer,
	atomic.Analyzer,
	defers.Analyzer,
	errorsas.Analyzer,
	hostport.Analyzer,
	httpresponse.Analyzer,
	lostcancel.Analyzer,
	printf.Analyzer,
	sigchanyzer.Analyzer,
	slog.Analyzer,
	stdmethods.Analyzer,
	stringintconv.Analyzer,
	timeformat.Analyzer,
	unmarshal.Analyzer,
	unusedresult.Analyzer,
	waitgroup.Analyzer,
}

var ofTheRest = []*analysis.Analyzer{
	assign.Analyzer,
	bools.Analyzer,
	composite.Analyzer,
	copylock.Analyzer,
	ifaceassert.Analyzer,
	nilfunc.Analyzer,
	shift.Analyzer,
	structtag.Analyzer,
	unreachable.Analyzer,
}
