/*
Package widgets is what cells import as "gosched/widgets": sliders, buttons and
the like, whose values come out of channels.

A widget has a model here, which is its state, and any number of views in front
ends, which the stock ipywidgets front end draws. They are kept alike by messages
of comms, as https://github.com/jupyter-widgets/ipywidgets describes
(packages/schema/messages.md, version 2.1 of the protocol).

	api.go      the package as cells see it; also embedded as source
	package.go  what tells others of it
	hub.go      the widgets of a session, and messages from front ends
	model.go    one model: its state, and what goes to front ends
	feed.go     the channels that values come out of
	states.go   the names that the front end's models and attributes have

The package knows the protocol. Where its messages go it is told; it knows no
cells, and its goroutines are none of the session's.
*/
package widgets
