/*
Package stopping ends waits that watch for no stop themselves: sends on unbuffered
channels, by receiving what they send, and reads and writes of compiled code, by letting
their deadlines pass. Neither is to be noticed by anybody else who uses the channel or
the connection.

It does not know who waits, or why that is to end: a wait is told by what it is for, and
says itself whether it is still that one.
*/
package stopping
