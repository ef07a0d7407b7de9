package check

import (
	"go/types"
	"strings"
)

// Messages are the kinds of errors that the package knows by their words.
var Messages = map[string]func(types.Error) bool{
	"unused":               isUnused,
	"unused import":        isUnusedImport,
	"initialisation cycle": isInitialisationCycle,
	"continues":            func(e types.Error) bool { _, ok := continues(e); return ok },
	"not used":             func(e types.Error) bool { return isNotUsed(e.Msg) },
	"single value":         func(e types.Error) bool { return isSingleValue(e.Msg) },
	"assignment mismatch":  func(e types.Error) bool { return e.Msg == mismatch("1 variable", "g", "2 values") },
	"implicit unexported":  func(e types.Error) bool { return isImplicitUnexported(e.Msg) },
	"hidden fields": func(e types.Error) bool {
		return strings.HasPrefix(e.Msg, "too few values in struct literal") && strings.HasSuffix(e.Msg, hiddenFields)
	},
	"blank as value":     func(e types.Error) bool { return isBlankAsValue(e.Msg) },
	"undefined":          func(e types.Error) bool { return isUndefined(e.Msg) },
	"undefined name":     func(e types.Error) bool { return e.Msg == undefined("nowhere") && undefinedName.MatchString(e.Msg) },
	"undefined member":   func(e types.Error) bool { return undefinedMember.MatchString(e.Msg) },
	"no field or method": func(e types.Error) bool { return noFieldOrMethod.MatchString(e.Msg) },
	"two types":          func(e types.Error) bool { return sameTwice(e.Msg) != "" },
	"package as value":   func(e types.Error) bool { return packageAsValue.MatchString(e.Msg) },
	"as statement":       func(e types.Error) bool { return asStatement(e.Msg) != e.Msg },
	"in assignment": func(e types.Error) bool {
		return strings.HasSuffix(e.Msg, inAssignment(" in variable declaration", 2))
	},
	"in assignment, alone": func(e types.Error) bool {
		return strings.HasSuffix(e.Msg, inAssignment(" in variable declaration", 1))
	},
	"in declaration": func(e types.Error) bool { return inAssignment(e.Msg, 1) != e.Msg },
}

// What is told of names that other kernels have, by name and by package.
var Instead, InsteadIn = instead, insteadIn
