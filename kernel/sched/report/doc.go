/*
Package report has the words in which goroutines are told of: lists and tables of
those that are alive, deadlocks, circles of locks, leaks. It works on descriptions
that somebody else has made, and knows no goroutine, no scheduler and nothing of
how anything was found out; so all that it says can be tried without one.

	Place                       where something is in the source
	Info, Waiting               a goroutine at one moment, and what it waits for
	Info.Waits, Info.Hopeless   one of them
	Text, HTML                  many of them
	NameHolders                 who has the locks that others wait for
	Deadlock, Leaks             what is wrong with them
*/
package report
