// Package course says what the cells of the course's notebooks are expected to
// show, and compares that with what they have shown. It knows notebooks and
// their metadata; it does not run them.
//
// A cell says what to expect in its metadata, under "gosched":
//
//	"gosched": {
//	  "expect": {
//	    "stdout":  ["a line", "/a reg.lar expression/", ["these two", "in any order"], {"repeat": "/tick \\d+/"}, {"maybe": "/tock/"}],
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
// exercise as it is given; "solved" is for the solution. Checks are made with
// gosched/check. Answers that people might give, right and wrong, are kept in
// testdata/answers, and what the checks say to them is tested.
//
// "role": "hints" is a Markdown cell with hints for the exercise. Further tasks are a
// cell with "role": "task", one with "task-check", which says the same as a check, and
// a Markdown cell with "task-help", in which hints and a solution are folded. Wrong
// answers to them are kept in testdata/tasks. What the
// kernel makes of them, package kernel/tasks says; it reads questions, too: "role":
// "question", with "answer", "why" and "lesson".
//
// "engine": "direct" is a cell that is about what only the direct engine has (traces,
// races, schedules, checks, very many goroutines), or goes on with what such a cell has
// left. The course is run with the yaegi engine without them.
//
// Notebooks are edited in JupyterLab, which keeps this metadata; afterwards
//
//	go test ./internal/course -run Clean -update
//
// takes out again what front ends leave in them, and
//
//	go run ./internal/book -store
//
// runs them, proves what they show, and stores it in them. Not stored is what learners
// find out by themselves. What is there already stays if it is right, so that a run
// changes nothing but what is new. A cell that measures may say with "stored", which is
// like "expect", what is worth storing: a busy machine shows something that is right, and
// not what the text is about. The notebook's metadata has a sum of the code that the
// outputs are of.
package course
