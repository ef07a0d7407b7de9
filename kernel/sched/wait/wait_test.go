package wait

import "testing"

func TestKinds(t *testing.T) {
	seen := make(map[string]Kind)
	for k := None; k <= Native; k++ {
		name := k.String()
		if other, ok := seen[name]; ok || name == "" || name == "unknown" {
			t.Errorf("kinds %d and %d are both %q", other, k, name)
		}
		seen[name] = k
	}
	if (Native + 1).String() != "unknown" {
		t.Error("there are kinds without a name")
	}
	for _, k := range []Kind{Sleep, Input, IO, Native} {
		if !k.EndsByItself() {
			t.Errorf("%v needs somebody to end it", k)
		}
	}
	for _, k := range []Kind{Receive, SelectEmpty, Mutex, Cond, PipeWrite, Goexit} {
		if k.EndsByItself() {
			t.Errorf("%v ends by itself", k)
		}
	}
	if !Receive.IsChan() || !Send.IsChan() || ReceiveNil.IsChan() || Select.IsChan() {
		t.Error("what waits for one channel")
	}
	if !Mutex.IsLock() || !RWLock.IsLock() || !RLock.IsLock() || Once.IsLock() || WaitGroup.IsLock() {
		t.Error("what waits for a lock")
	}
}
