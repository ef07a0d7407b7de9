package testrun

import "strings"

// ofSuite returns print, or, in a test binary that was built with -cover (with that mode),
// what leaves out the line that package testing ends with there. It tells of the binary,
// whose own profile is written when its own tests are over; what a suite prints is the
// same in all programs.
func ofSuite(mode string, print func(line string)) func(line string) {
	if mode == "" {
		return print
	}
	held := "" // may be the last line
	return func(line string) {
		if held != "" {
			print(held)
			held = ""
		}
		if strings.HasPrefix(line, "coverage: ") {
			held = line
			return
		}
		print(line)
	}
}
