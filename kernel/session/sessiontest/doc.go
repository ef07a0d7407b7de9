// Package sessiontest is the contract of a session as tests, which every
// engine has to pass: what cells mean, what goroutines do across cells, how
// failures read. The names of the tests carry the number of the point that
// they prove.
//
// It knows sessions only from outside, through package session.
package sessiontest
