// Package exportdata reads what packages declare from the indexed export data that
// x/tools writes ([golang.org/x/tools/go/gcexportdata]), without positions, and of a
// type only its name until somebody asks what it is.
//
// A program that imports a large package uses little of it, and one that has a
// parameter of type *http.Request may never use any. The reader of x/tools makes all of
// it, with what its types consist of in other packages.
//
// The package knows types and bytes. It knows nothing of where they are kept.
package exportdata
