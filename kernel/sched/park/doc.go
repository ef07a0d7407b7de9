/*
Package park is where goroutines wait for a lock, a wait group, a condition or a once:
native Go could not take them out of its own queues again when they are stopped. The
real object stays what it is; only who waits for it is kept here, under its address.

It knows what is waited for, and wakes. It does not know goroutines, which come as what
they like to be called, why anybody stops waiting, nor how a lock is taken: whoever
calls does that, and says how it went.

	Lots, Waiter                                 who waits for what
	Lots.Enter, Waiter.Ready, Lots.Again,
	Lots.Exit, Lots.LeaveCond                    waiting
	Lots.Any, Lots.Wakeable,
	Lots.WakeOne, Lots.WakeFirst                 waking
	Lots.Open, Lots.Barred                       who may take a lock past those who wait
	Lots.Strayed, Lots.Stray, Lots.LockWaits     what is known of who has it
	Lots.Hide, Lots.Hidden, Lots.Show            the runtime's look for leaks
*/
package park
