// Package cover counts which statements of functions run, as `go test -cover` does:
// the same blocks, with the same numbers of statements. It knows syntax trees, and
// nothing of sessions.
package cover
