package engine

import "testing"

// Goroutines that were waited for do not count as alive when their cell has ended, though
// they may have a few steps to go; those that go on do.
func TestAboutToEnd(t *testing.T) {
	nb := open(t)
	for range 200 {
		_, r := nb.exec(`{
	var wg sync.WaitGroup
	for range 4 { wg.Add(1); go func() { defer wg.Done() }() }
	done := make(chan bool)
	go func() { done <- true }()
	<-done
	wg.Wait()
}`)
		if r.Failure != nil || r.Goroutines != 0 {
			t.Fatalf("%v, %d goroutines", r.Failure, r.Goroutines)
		}
	}
	if _, r := nb.exec(`go func() { for {} }(); go func() { select {} }()`); r.Goroutines != 2 {
		t.Errorf("of 2 that go on there are %d", r.Goroutines)
	}
}
