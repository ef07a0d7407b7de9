// Package typedata writes what a type-checked package declares as bytes, and makes
// the package of them again: with everything that bodies of its functions may refer
// to, so with what is not exported, and with positions. Export data, the format of
// the go command and of x/tools, has neither.
//
// Packages that declare generic aliases are refused ([ErrUnsupported]).
//
// The package knows types and positions. It knows nothing of files on disk.
package typedata
