package engine

import "testing"

// Goroutines that have a few steps to go when their cell has ended do not count as alive;
// those that go on do.
func TestAboutToEnd(t *testing.T) {
	nb := open(t)
	const cells = 50
	counted := 0
	for range cells {
		_, r := nb.exec(`{
	done := make(chan bool)
	go func() {
		done <- true
		for t := time.Now(); time.Since(t) < time.Millisecond; {}
	}()
	<-done
}`)
		if r.Failure != nil {
			t.Fatal(r.Failure)
		}
		counted += r.Goroutines
	}
	if counted > cells/2 { // a busy machine may have no turn for them
		t.Errorf("%d of %d count", counted, cells)
	}
	if _, r := nb.exec(`go func() { for {} }(); go func() { select {} }()`); r.Goroutines != 2 {
		t.Errorf("of 2 that go on there are %d", r.Goroutines)
	}
}
