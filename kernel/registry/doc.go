// Package registry lets a cell register again what it has registered before.
//
// Some packages keep what they are given by name, for ever, and panic when a name
// comes twice: HTTP patterns, flags, published variables, types for gob,
// database drivers, RPC services. In a program that is a mistake. In a notebook a
// cell is run again, and then its registrations take the place of those that it
// made before. Within one run, and between different cells, a name that comes
// twice is the mistake that it is in Go; between cells the panic says which two
// they are.
//
// The functions here stand in for those of the packages. The package knows these
// registries, and nothing of how cells are run.
package registry
