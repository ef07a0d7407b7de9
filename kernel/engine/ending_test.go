package engine

import "testing"

// Goroutines that were waited for do not count as alive when their cell has ended, though
// they may have a few steps to go; those that go on do.
func TestAboutToEnd(t *testing.T) {
	nb := open(t)
	counted := 0
	for range 200 {
		_, r := nb.exec(`{
	var wg sync.WaitGroup
	for range 4 { wg.Add(1); go func() { defer wg.Done() }() }
	done := make(chan bool)
	go func() { done <- true }()
	<-done
	wg.Wait()
}`)
		if r.Failure != nil {
			t.Fatal(r.Failure)
		}
		if r.Goroutines != 0 {
			counted++
		}
	}
	if counted > 5 { // a busy machine may have no turn for them
		t.Errorf("some count in %d cells of 200", counted)
	}
	if _, r := nb.exec(`go func() { for {} }(); go func() { select {} }()`); r.Goroutines != 2 {
		t.Errorf("of 2 that go on there are %d", r.Goroutines)
	}
}
