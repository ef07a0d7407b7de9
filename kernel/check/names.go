package check

import (
	"regexp"
	"strconv"
	"strings"
)

// mark is in every name that a unit makes up. No Go identifier can have it
// (U+00B7 is a punctuation mark).
const mark = "·"

// CellFunction is what the names of functions that hold a cell's statements
// begin with. To people they are called main.
const CellFunction = "cell" + mark

// cellFunction is the name of the function that holds the statements of the
// n-th unit.
func cellFunction(n int) string { return CellFunction + strconv.Itoa(n) }

// initName is the name of a cell's i-th init function.
func initName(i int) string { return "init" + mark + strconv.Itoa(i) }

// resultName is the name of the variable that holds the i-th value of the
// final expression.
func resultName(i int) string { return "result" + mark + strconv.Itoa(i) }

// standIn is the name of what takes the value that the i-th declaring statement
// assigns to a variable that is declared already.
func standIn(name string, i int) string { return name + mark + strconv.Itoa(i) }

// olderVar and olderPackage are the names under which a cell sees the session
// variable, and the package, whose name it declares again.
func olderVar(name string) string     { return name + mark + "old" }
func olderPackage(name string) string { return name + mark + "pkg" }

// withoutOlder takes what olderVar and olderPackage add out of a text.
var withoutOlder = strings.NewReplacer(mark+"old", "", mark+"pkg", "")

// isMadeUp reports whether a name, or a text with names in it, is not the
// user's own.
func isMadeUp(name string) bool { return strings.Contains(name, mark) }

// madeUp matches such names.
var madeUp = regexp.MustCompile(`([\pL_][\pL\d_]*)` + mark + `[\pL\d_` + mark + `]*`)

// userNames puts the names that made-up ones stand for into a text.
func userNames(text string) string { return madeUp.ReplaceAllString(text, "$1") }
