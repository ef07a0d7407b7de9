/*
Package observe holds what goroutines did: the [Record] of an observed cell, as
plain data. It is filled by a [Recorder] while the cell runs, and read by what
draws it. It knows nothing of how cells are run or of what a front end shows.

	record.go       the vocabulary: goroutines, objects, events
	recorder.go     fills it with what goroutines tell
	picture/        pictures of a record: HTML, SVG, text, Perfetto's JSON
	race/           happens-before and data races
	explore/        schedules, their outcomes, seeds
*/
package observe
