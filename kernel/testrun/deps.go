package testrun

import (
	"errors"
	"io"
	"reflect"
	"regexp"
	"time"
)

// deps is what package testing asks of the go command's main function. Profiles,
// coverage and fuzzing beyond the seeds are not for us.
type deps struct {
	match func(pat, str string) (bool, error) // nil for regular expressions
}

// A corpusEntry is declared as package testing's own, which has no name outside.
type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

var errNotHere = errors.New("only go test can do this")

func (deps) ImportPath() string { return "main" }
func (deps) ModulePath() string { return "" }

func (d deps) MatchString(pat, str string) (bool, error) {
	if d.match != nil {
		return d.match(pat, str)
	}
	re, err := regexp.Compile(pat)
	return err == nil && re.MatchString(str), err
}

func (deps) SetPanicOnExit0(bool)                        {}
func (deps) StartCPUProfile(io.Writer) error             { return errNotHere }
func (deps) StopCPUProfile()                             {}
func (deps) StartTestLog(io.Writer)                      {}
func (deps) StopTestLog() error                          { return nil }
func (deps) WriteProfileTo(string, io.Writer, int) error { return errNotHere }

func (deps) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []corpusEntry, []reflect.Type, string, string) error {
	return errNotHere
}
func (deps) RunFuzzWorker(func(corpusEntry) error) error              { return errNotHere }
func (deps) ReadCorpus(string, []reflect.Type) ([]corpusEntry, error) { return nil, nil }
func (deps) CheckCorpus([]any, []reflect.Type) error                  { return nil }
func (deps) ResetCoverage()                                           {}
func (deps) SnapshotCoverage()                                        {}
func (deps) InitRuntimeCoverage() (mode string, tearDown func(string, string) (string, error), snapcov func() float64) {
	return "", nil, nil
}
