/*
Package stream puts what many goroutines print into one stream of output, in
order, without tearing their lines into each other, soon and in few pieces. It
knows nothing of goroutines: who prints is a [Writer], and a cell's execution has a
[Printer]. What is printed goes to a [session.Sink].

# Where output waits, and how long

Text passes several buffers on its way from a cell to the front end, which
docs/output.md lists all. The first two are here.

	a line begun      Writer.partial     until it is finished, or its writer is
	                                     about to wait or ends (Release), or it is
	                                     8 KiB long, or 2 ticks (6 ms) have passed:
	                                     30 (90 ms) where several have written
	                                     lately, and the next text would be another's
	whole lines       Printer.pieces     what comes after a pause goes at once, what
	                                     follows it at the next tick, 3 ms later;
	                                     a writer that makes them 64 KiB delivers
	                                     them itself, and waits as long as that takes

A tick is the printer's timer; it runs while there is something to deliver. So
memory is bounded by what the slowest of them takes: [Printer.Write] blocks in
Sink.Emit. Events of other kinds ([Printer.Emit]) go behind the whole lines that
were printed before them.

Whoever ends a cell delivers what is whole ([Printer.Deliver]) and leaves the lines
that others have begun; whoever asks for input or ends the session delivers all
([Printer.Flush], [Pending.Flush]).
*/
package stream
