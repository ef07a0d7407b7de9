package kernel

import "testing"

// A trivial cell, from sending the request to reply and idle, over TCP.
func BenchmarkTrivialCell(b *testing.B) {
	_, _, c := setup(b)
	ctx := b.Context()
	for b.Loop() {
		if _, err := c.Execute(ctx, "value 1"); err != nil {
			b.Fatal(err)
		}
	}
}

// 100,000 printed lines, from sending the request to idle.
func BenchmarkFlood100k(b *testing.B) {
	_, _, c := setup(b)
	ctx := b.Context()
	messages := 0
	for b.Loop() {
		r, err := c.Execute(ctx, "flood 100000")
		if err != nil {
			b.Fatal(err)
		}
		messages += len(r.Of("stream"))
	}
	b.ReportMetric(float64(messages)/float64(b.N), "messages/op")
}

// A cell that prints one line, which must not wait for a timer.
func BenchmarkPrintCell(b *testing.B) {
	_, _, c := setup(b)
	ctx := b.Context()
	for b.Loop() {
		r, err := c.Execute(ctx, "print x")
		if err != nil {
			b.Fatal(err)
		}
		if r.Text("stdout") != "x\n" {
			b.Fatal("no line")
		}
	}
}
