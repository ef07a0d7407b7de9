package proxy

import "reflect"

// Error is e, which has a method Error, as an error. It has the methods that packages of
// the library ask errors for by interfaces without a name, as e has them.
func Error(e Elsewhere) error {
	switch err := (failure{e}); {
	case has[func() []error](e, "Unwrap"):
		return joined{err}
	case has[func() bool](e, "Timeout") && has[func() bool](e, "Temporary"):
		return timed{wrapping{err}}
	default:
		return wrapping{err}
	}
}

func has[F any](e Elsewhere, method string) bool { return e.Has(method, reflect.TypeFor[F]()) }

// A failure is an error of which nothing else is asked.
type failure struct{ Elsewhere }

func (f failure) Error() string { return as[string](f.Invoke("Error")[0]) }

// A wrapping error may wrap another, for package errors: it wraps nil where it does not.
type wrapping struct{ failure }

func (w wrapping) Unwrap() error {
	if !has[func() error](w, "Unwrap") {
		return nil
	}
	return as[error](w.Invoke("Unwrap")[0])
}

func (w wrapping) Is(target error) bool {
	return has[func(error) bool](w, "Is") && as[bool](w.Invoke("Is", target)[0])
}

// A joined error wraps several.
type joined struct{ failure }

func (j joined) Unwrap() []error { return as[[]error](j.Invoke("Unwrap")[0]) }

// A timed error is one that packages os and net ask whether it is for want of time.
type timed struct{ wrapping }

func (t timed) Timeout() bool   { return as[bool](t.Invoke("Timeout")[0]) }
func (t timed) Temporary() bool { return as[bool](t.Invoke("Temporary")[0]) }
