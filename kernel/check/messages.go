package check

import (
	"go/types"
	"regexp"
	"strings"
)

// What the package knows of the words of go/types stands in this file alone.
// The test beside it has the checker of the Go release in use say each of them.

// isUnused reports whether an error is about a variable that is not used.
func isUnused(e types.Error) bool {
	return strings.HasPrefix(e.Msg, "declared and not used: ") ||
		e.Soft && strings.HasSuffix(e.Msg, " declared and not used") && !strings.HasPrefix(e.Msg, "label ") // of a type switch
}

// isUnusedImport reports whether an error is about an import that is not used.
func isUnusedImport(e types.Error) bool {
	return e.Soft && (strings.HasSuffix(e.Msg, "imported and not used") ||
		strings.Contains(e.Msg, "imported as ") && strings.HasSuffix(e.Msg, "and not used"))
}

// isInitialisationCycle reports whether an error is about package variables that
// need each other.
func isInitialisationCycle(e types.Error) bool {
	return strings.HasPrefix(e.Msg, "initialization cycle for ")
}

// continues returns what an error tells about the one before, such as where the
// other declaration is.
func continues(e types.Error) (more string, ok bool) { return strings.CutPrefix(e.Msg, "\t") }

// isNotUsed reports whether a message is about an expression that stands as a
// statement.
func isNotUsed(msg string) bool { return strings.HasSuffix(msg, "is not used") }

// isSingleValue reports whether a message is about a call with several results
// where one is wanted.
func isSingleValue(msg string) bool { return strings.HasSuffix(msg, "in single-value context") }

// mismatch is the message about an assignment of a call's results to another
// number of variables, such as "1 variable" and "2 values".
func mismatch(variables, call, values string) string {
	return "assignment mismatch: " + variables + " but " + call + " returns " + values
}

// isImplicitUnexported reports whether a message is about a literal without
// field names of a struct of another package that has unexported fields.
func isImplicitUnexported(msg string) bool {
	return strings.HasPrefix(msg, "implicit assignment to unexported field ")
}

// isBlankAsValue reports whether a message is about a _ that is used.
func isBlankAsValue(msg string) bool { return msg == "cannot use _ as value or type" }

// undefined is the message about a name that means nothing.
func undefined(name string) string { return "undefined: " + name }

// isUndefined reports whether a message is one of undefined, or about a name
// that a package does not declare.
func isUndefined(msg string) bool { return strings.HasPrefix(msg, "undefined: ") }

// sameTwice is the type that a message says cannot be used as itself, or the
// empty string.
func sameTwice(msg string) string {
	if m := twoTypes.FindStringSubmatch(msg); m != nil && m[1] == m[2] {
		return m[1]
	}
	return ""
}

var (
	undefinedName   = regexp.MustCompile(`^undefined: ([\pL_][\pL\d_]*)$`)
	undefinedMember = regexp.MustCompile(`^undefined: [\pL_][\pL\d_]*\.([\pL_][\pL\d_]*)$`)
	noFieldOrMethod = regexp.MustCompile(`^.+ undefined \(type .+ has no field or method ([\pL_][\pL\d_]*)\)$`)
	twoTypes        = regexp.MustCompile(`^cannot use .* \((?:.* of )?(?:\w+ )?type (\S+)\) as (\S+) value `)
	packageAsValue  = regexp.MustCompile(`^use of package ([\pL_][\pL\d_]*) (?:without selector|not in selector)$`)
)

// asStatement is the message about an expression that the unit assigns to _, in
// the words for one that stands as a statement.
func asStatement(msg string) string {
	return strings.Replace(msg, " in assignment to _ identifier", "", 1)
}

// inAssignment is the message about one of n variables that an assignment
// declares or sets. The checker has seen it declared, or set, alone.
func inAssignment(msg string, n int) string {
	for _, words := range []string{" in assignment", " in variable declaration"} {
		before, ok := strings.CutSuffix(msg, words)
		switch {
		case !ok:
		case n > 1 && multipleAssignment:
			return before + " in multiple assignment"
		default:
			return before + " in assignment"
		}
	}
	return msg
}
