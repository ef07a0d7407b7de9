package worker

import (
	"context"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

func BenchmarkExecute(b *testing.B) {
	w := start(b)
	run(b, w, "nothing")
	rec := newRecorder()
	for b.Loop() {
		if r := w.Execute(context.Background(), session.Cell{Source: "nothing"}, rec); r.Failure != nil {
			b.Fatal(r.Failure)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	w := start(b)
	run(b, w, "nothing")
	for b.Loop() {
		rec := newRecorder()
		if r := w.Execute(context.Background(), session.Cell{Source: "lines 100000"}, rec); r.Failure != nil {
			b.Fatal(r.Failure)
		}
		b.ReportMetric(float64(len(rec.events)), "events")
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		w := start(b)
		run(b, w, "nothing")
		_ = w.Close()
	}
}
