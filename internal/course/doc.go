// Package course says what the cells of the course's notebooks are expected to
// show, and compares that with what they have shown. It knows notebooks and
// their metadata; it does not run them.
//
// A cell says what to expect in its metadata, under "gosched":
//
//	"gosched": {
//	  "expect": {
//	    "stdout":  ["a line", "/a reg.lar expression/", ["these two", "in any order"], {"repeat": "/tick \\d+/"}],
//	    "stderr":  […],
//	    "result":  […],
//	    "display": [[…], […]],
//	    "error":   {"name": "deadlock", "value": "/.*asleep.*/", "traceback": […]}
//	  }
//	}
//
// Lines are compared without trailing space. What is left out is expected to
// be empty, so that a cell without metadata shows nothing. Of results and
// displays the plain text counts, of a display with updates the last one. Of a
// traceback some lines, in the given order, must match.
//
// An exercise is a cell with "role": "exercise", where people write, followed
// by one with "role": "check", which judges, and a Markdown cell with "role":
// "solution", whose Go code is an answer. The check cell's "expect" is for the
// exercise as it is given; "solved" is for the solution; and "wrong" holds
// wrong answers with what the check says to each.
//
// Notebooks are edited in JupyterLab, which keeps this metadata; afterwards
//
//	go test ./internal/course -run Clean -update
//
// takes the outputs out again.
package course
