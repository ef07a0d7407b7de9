// Package rtype makes Go run-time types (the descriptors behind reflect.Type)
// for go/types types, so that native code sees the types that a notebook
// declares as it sees its own: fmt prints main.Point{X:1}, errors.As finds
// *main.MyError, sort.Sort calls the methods of main.ByAge, encoding/json
// reads the struct tags, and values are compared, hashed and collected by the
// garbage collector as the compiler would have it.
//
// Unnamed types that reflect can make come from reflect, so that a type has
// one descriptor whoever asks for it first. Named types, interfaces with
// methods, and structs that embed or have blank fields are laid out here in
// the form of internal/abi, which kernel/goruntime mirrors. A build has four steps, because types refer to
// each other in cycles: collect every type that the wanted one reaches and
// refuse what cannot be made; lay out each one, with fields of the right
// shape in place of the final types; put the final types in; add the methods.
// The methods of types that packages declare wait until somebody asks for a type
// that leads to them, and not only for how its values lie in memory: see
// [Types.LayoutOf].
//
// A method of a made type is code: a slot in a table of assembly stubs, which
// lead to a function made by reflect.MakeFunc, which asks [Options] for the
// implementation. Slots and descriptors live as long as the process, because
// the runtime's own tables refer to them.
//
// The package knows nothing of how methods are run, of cells or of sessions.
// What a descriptor looks like in the Go release that it is built with, it has
// from kernel/goruntime; [New] refuses to work where that does not hold.
package rtype
