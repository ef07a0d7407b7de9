package yaegi

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// What fmt and errors see of the types of values in boxes.

// verbs are those of a format, with their flags; the last one may lack its letter.
var verbs = regexp.MustCompile(`%[-+# 0-9.*\[\]]*[^-+# 0-9.*\[\]]?`)

// typeVerb is %T of a box, whose type fmt does not know: it asks boxes for other verbs.
const typeVerb = '\ue000'

// typeVerbs replaces the verb %T where the argument is a box.
func typeVerbs(format string, args []any) string {
	next := 0
	return verbs.ReplaceAllStringFunc(format, func(verb string) string {
		for i, flag := range verb {
			switch flag {
			case '*':
				next++
			case '[':
				_, _ = fmt.Sscanf(verb[i+1:], "%d", &next)
				next--
			}
		}
		if strings.HasSuffix(verb[1:], "%") {
			return verb
		}
		next++
		if letter := len(verb) - 1; verb[letter] == 'T' && next > 0 && next <= len(args) {
			if _, ok := unbox(args[next-1]); ok {
				return verb[:letter] + string(typeVerb)
			}
		}
		return verb
	})
}

// errorsAs is errors.As.
func errorsAs(_ *Frame, err error, target any) bool {
	b, ok := unbox(target)
	if !ok {
		return errors.As(err, target)
	}
	ptr, ok := b.t.t.Underlying().(*types.Pointer)
	if !ok {
		panic("errors: target must be a non-nil pointer")
	}
	want := b.t.m.identity(ptr.Elem())
	to := reshaped(b.value(), b.t.inside).Elem()
	return wraps(err, func(err error) bool {
		if v, _, ok := want.assert(err); ok {
			to.Set(v)
			return true
		}
		w, ok := unbox(err)
		return ok && w.has("As", reflect.TypeFor[func(any) bool]()) && get[bool](w, "As", target)
	})
}

// wraps reports whether an error is one that f accepts, or wraps one.
func wraps(err error, f func(err error) bool) bool {
	if err == nil || f(err) {
		return err != nil
	}
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		return wraps(x.Unwrap(), f)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(x.Unwrap(), func(err error) bool { return wraps(err, f) })
	}
	return false
}
