// Package lower turns a checked cell into SSA form, by way of
// golang.org/x/tools/go/ssa, in one program that grows with the session.
//
// It also finds bodies for what compiled packages cannot offer: generic
// functions, which exist only as source, and are instantiated here as they are
// needed. It knows types and SSA, and nothing of how they are executed.
package lower
