package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/goruntime"
)

const benchDecl = `
type Record struct {
	ID int; Name string; Tags []string; Next *Record; Score float64
	Meta map[string]string; Done chan struct{}; F func(int) error; Any any; ok bool
}
func (r Record) String() string { return "" }
func (r *Record) SetName(s string) {}
func (r Record) Len() int { return 0 }
func (r Record) Less(i, j int) bool { return false }
func (r *Record) Write(p []byte) (int, error) { return 0, nil }
`

// BenchmarkMake makes a struct type of 10 fields and 5 methods, and its pointer.
func BenchmarkMake(b *testing.B) {
	const distinct = 300
	var src strings.Builder
	for i := range distinct {
		src.WriteString(strings.ReplaceAll(benchDecl, "Record", fmt.Sprint("Record", i)))
	}
	pkg := declare(b, src.String())
	var ts *Types
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if i%distinct == 0 {
			ts = newTypes(b, Options{})
			slots.mu.Lock()
			// Slots are for ever, and those of the benchmark are not called.
			slots.used = min(slots.used, goruntime.SlotCount/2)
			slots.mu.Unlock()
		}
		if _, err := ts.Of(typeOf(pkg, fmt.Sprint("Record", i%distinct))); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkOfKnown asks for a type made before.
func BenchmarkOfKnown(b *testing.B) {
	ts := newTypes(b, Options{})
	record := typeOf(declare(b, benchDecl), "Record")
	for b.Loop() {
		if _, err := ts.Of(record); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCall calls a method with an empty body through an interface, from
// native code.
func BenchmarkCall(b *testing.B) {
	ts := newTypes(b, Options{Method: func(reflect.Type, *types.Selection) func([]reflect.Value) []reflect.Value {
		result := []reflect.Value{reflect.ValueOf("")}
		return func([]reflect.Value) []reflect.Value { return result }
	}})
	rt, err := ts.Of(typeOf(declare(b, benchDecl), "Record"))
	if err != nil {
		b.Fatal(err)
	}
	s := reflect.New(rt).Interface().(fmt.Stringer)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.String()
	}
}
