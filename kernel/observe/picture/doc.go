/*
Package picture draws a [observe.Record]: interactive HTML, static SVG, a
sequence diagram as text, and the trace format that Perfetto's viewer opens. It
knows the record's vocabulary, and nothing of how records are made or of who
shows the pictures.

	model.go                 a record looked through: states, partners, births
	words.go, sentence.go    how events are told
	figure.go                a figure: lanes, bars, arrows, marks and their places
	place.go                 the logical axis: where each event stands
	draw.go, labels.go       what is drawn, and where there is room for its labels
	group.go, cloud.go, gather.go
	                         figures of more goroutines than have room
	svg.go, signs.go, axis.go, legend.go, describe.go
	                         a figure as SVG
	palette.go               colours and patterns of both themes
	html.go, live.js         the interactive picture
	text.go, account.go, perfetto.go
	                         the other forms

Colours are never the only sign: each state has a pattern, each arrow a dash and
each mark a shape.
*/
package picture
