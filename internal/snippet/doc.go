// Package snippet compiles Go source and runs it on goroutines of its own: an
// engine without cells, kernel or front end, for tests of what engines consist of.
//
// A test makes a [Snippet] of source, builds its machine with [Snippet.Config] (or
// with a configuration of its own) and hands that to [Snippet.On]:
//
//	s := snippet.Build(t, src)
//	result := s.On(run.New(s.Config(""))).Run("f")
//
// It knows no engine, so that the tests of every part of one can use it. What every
// engine must do with source is in [Families], by families of instructions, and in
// [Programs].
package snippet
