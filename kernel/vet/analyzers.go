package vet

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/appends"
	"golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/atomic"
	"golang.org/x/tools/go/analysis/passes/bools"
	composites "golang.org/x/tools/go/analysis/passes/composite"
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

// A rule is an analyser, and where it may have something to say: when all of them are run,
// a small cell takes 1.1 times the time of the engine, and 1.3 times the memory.
type rule struct {
	*analysis.Analyzer
	// at is what it looks at. A package must have one of it.
	at syntax
	// uses are packages that its findings are about, if not empty: a package must use one.
	uses []string
	// notes is what it notes facts about for later packages, whatever is used.
	notes syntax
}

// applies reports whether the rule's analyser is to be run over a package that has such
// syntax, and imports what it uses.
func (r rule) applies(has syntax, p *types.Package) bool {
	return has&r.notes != 0 || has&r.at != 0 && (len(r.uses) == 0 || imported(p, r.uses...))
}

// syntax is a set of kinds of it.
type syntax uint16

const (
	call syntax = 1 << iota
	function
	literal // of a function
	interfaceType
	structType
	assignment
	binary
	composite
	assertion // or switch by type
	statement // that is an expression
	deferred
	anything // is always there
)

// syntaxOf is what a package has besides its body as such.
func syntaxOf(p Package) syntax {
	has := anything
	ast.Inspect(p.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			has |= call
		case *ast.FuncDecl:
			if n != p.Body {
				has |= function
			}
		case *ast.FuncLit:
			has |= literal
		case *ast.InterfaceType:
			has |= interfaceType
		case *ast.StructType:
			has |= structType
		case *ast.AssignStmt:
			has |= assignment
		case *ast.BinaryExpr:
			has |= binary
		case *ast.CompositeLit:
			has |= composite
		case *ast.TypeAssertExpr, *ast.TypeSwitchStmt:
			has |= assertion
		case *ast.ExprStmt:
			has |= statement
		case *ast.DeferStmt:
			has |= deferred
		}
		return true
	})
	return has
}

// The suite is what go vet runs, without the analysers of assembly, build tags,
// cgo, tests and unsafe, which need other files than one of Go, and without
// loopclosure, which is about Go before 1.22.
var suite = []rule{
	{Analyzer: appends.Analyzer, at: call},
	{Analyzer: assign.Analyzer, at: assignment},
	{Analyzer: atomic.Analyzer, at: assignment, uses: []string{"sync/atomic"}},
	{Analyzer: bools.Analyzer, at: binary},
	{Analyzer: composites.Analyzer, at: composite},
	{Analyzer: copylock.Analyzer, at: anything},
	{Analyzer: defers.Analyzer, at: deferred, uses: []string{"time"}},
	{Analyzer: errorsas.Analyzer, at: call, uses: []string{"errors"}},
	{Analyzer: hostport.Analyzer, at: call, uses: []string{"net"}},
	{Analyzer: httpresponse.Analyzer, at: call, uses: []string{"net/http"}},
	{Analyzer: ifaceassert.Analyzer, at: assertion},
	{Analyzer: lostcancel.Analyzer, at: call, uses: []string{"context"}, notes: function}, // those that do not return
	{Analyzer: nilfunc.Analyzer, at: binary},
	{Analyzer: printf.Analyzer, at: call, notes: function | literal | interfaceType}, // those that print
	{Analyzer: shift.Analyzer, at: binary | assignment},
	{Analyzer: sigchanyzer.Analyzer, at: call, uses: []string{"os/signal"}},
	{Analyzer: slog.Analyzer, at: call, uses: []string{"log/slog"}},
	{Analyzer: stdmethods.Analyzer, at: function | interfaceType},
	{Analyzer: stringintconv.Analyzer, at: call},
	{Analyzer: structtag.Analyzer, at: structType},
	{Analyzer: timeformat.Analyzer, at: call, uses: []string{"time"}},
	{Analyzer: unmarshal.Analyzer, at: call, uses: []string{"encoding/asn1", "encoding/gob", "encoding/json", "encoding/xml"}},
	{Analyzer: unreachable.Analyzer, at: anything},
	{Analyzer: unusedresult.Analyzer, at: statement},
	{Analyzer: waitgroup.Analyzer, at: call, uses: []string{"sync"}},
}
