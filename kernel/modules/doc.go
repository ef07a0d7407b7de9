// Package modules brings packages in from outside: it chooses versions,
// downloads and verifies modules, and loads their packages from source.
//
// It does what the go command does, by golang.org/x/mod and without a
// toolchain: settings are those of `go env` ([Env]); the module cache is Go's
// own and shared with the go command ([Env.ModCache]), under the same locks;
// versions are chosen by minimal version selection over pruned module graphs
// ([Session]); what is downloaded is checked against go.sum and the checksum
// database; a go.mod or go.work file above the notebook is heeded.
//
// A [Loader] type-checks packages from these modules for the platform that it
// runs on, as the go command would build them without cgo and without
// assembly.
//
// The package knows modules, files and types. It knows nothing of cells, of
// Jupyter or of how code is run, and it runs nothing.
package modules
