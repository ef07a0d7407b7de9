package link_test

import "testing"

// Which code may release a lock that somebody else has taken.
func TestHandsLocksOver(t *testing.T) {
	for name, tt := range map[string]struct {
		src  string
		want bool
	}{
		"none":             {`func f() { println() }`, false},
		"both in one":      {`func f() { mu.Lock(); defer mu.Unlock() }`, false},
		"tried":            {`func f() { if mu.TryLock() { mu.Unlock() } }`, false},
		"readers":          {`func f() { rw.RLock(); rw.RUnlock() }`, false},
		"another lock":     {`func f() { mu.Lock(); other.Unlock() }`, true},
		"only one":         {`func f() { mu.Unlock() }`, true},
		"in a literal":     {`func f() { mu.Lock(); func() { mu.Unlock() }() }`, false},
		"deferred literal": {`func f() { mu.Lock(); defer func() { mu.Unlock() }() }`, false},
		"started literal":  {`func f() { mu.Lock(); go func() { mu.Unlock() }() }`, true},
		"started":          {`func f() { mu.Lock(); go mu.Unlock() }`, true},
		"as a value":       {`var g func(); func f() { mu.Lock(); g = mu.Unlock }`, true},
		"kept literal":     {`var g func(); func f() { mu.Lock(); g = func() { mu.Unlock() } }`, true},
		"a method of that name": {`type t struct{ m sync.Mutex }; func (x *t) Lock() { x.m.Lock() }; func (x *t) Unlock() { x.m.Unlock() }
func f() { var x t; x.Lock(); x.Unlock() }`, false},
		"by an interface": {`func f() { var l sync.Locker = &mu; l.Lock(); l.Unlock() }`, false},
		"fields": {`type t struct{ m [2]sync.Mutex; l map[int]*sync.Mutex }
func f() { var x t; i := 0; x.m[i].Lock(); x.m[i].Unlock(); if x.l != nil { x.l[i].Lock(); x.l[i].Unlock() } }`, false},
		"by a call":            {`func lock() *sync.Mutex { return &mu }; func f() { lock().Lock(); lock().Unlock() }`, false},
		"captured":             {`func f() { var m sync.Mutex; m.Lock(); func() { m.Unlock() }() }`, false},
		"captured and kept":    {`var g func(); func f() { var m sync.Mutex; m.Lock(); g = func() { m.Unlock() } }`, true},
		"captured and started": {`func f() { var m sync.Mutex; m.Lock(); go func() { m.Unlock() }() }`, true},
		"one of two":           {`func f() { l := &mu; if other.TryLock() { l = &other }; l.Lock(); l.Unlock() }`, false},
		"converted":            {`type own sync.Mutex; func f() { var o own; (*sync.Mutex)(&o).Lock(); (*sync.Mutex)(&o).Unlock() }`, false},
		"as another interface": {`type both interface { sync.Locker; TryLock() bool }
func f() { var b both = &mu; b.Lock(); sync.Locker(b).Unlock() }`, false},
		"called": {`func end() { mu.Unlock() }; func f() { mu.Lock(); if false { end() } }`, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := compiled(t, "import \"sync\"\nvar mu, other sync.Mutex\nvar rw sync.RWMutex\nvar _ = &other\n"+tt.src)
			if err := m.Compile(s.Pkg.Func("f")); err != nil {
				t.Fatal(err)
			}
			if got := m.HandsLocksOver(); got != tt.want {
				t.Errorf("hands locks over: %v, want %v", got, tt.want)
			}
			// What is over does so no more, and what is forgotten may.
			m.Forget(s.Pkg.Func("f"))
			if got := m.HandsLocksOver(); got != tt.want {
				t.Errorf("forgotten: %v, want %v", got, tt.want)
			}
		})
	}
}
