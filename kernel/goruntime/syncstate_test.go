package goruntime

import (
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
)

func TestSyncState(t *testing.T) {
	var mu, taken sync.Mutex
	taken.Lock()
	var rw, read, written sync.RWMutex
	read.RLock()
	read.RLock()
	written.Lock()
	var wg sync.WaitGroup
	wg.Add(3)
	var once, done sync.Once
	done.Do(func() {})
	var n atomic.Int64
	n.Store(-7)
	var b atomic.Bool
	b.Store(true)
	var u atomic.Uint64
	u.Store(1<<64 - 1)
	tests := []struct {
		v    any
		want string
	}{
		{&mu, "*sync.Mutex, unlocked"},
		{&taken, "*sync.Mutex, locked"},
		{&rw, "*sync.RWMutex, unlocked"},
		{&read, "*sync.RWMutex, locked by 2 readers"},
		{&written, "*sync.RWMutex, locked for writing"},
		{&wg, "*sync.WaitGroup, counter 3"},
		{&once, "*sync.Once, not done"},
		{&done, "*sync.Once, done"},
		{&n, "-7"},
		{&b, "true"},
		{&u, "18446744073709551615"},
		{sync.NewCond(&mu), ""}, // goroutines of cells wait elsewhere than in it
		{&sync.Pool{}, ""},
		{&atomic.Value{}, ""},
		{new(int), ""},
		{(*sync.Mutex)(nil), ""},
	}
	for _, tt := range tests {
		got, ok := SyncState(reflect.ValueOf(tt.v))
		if ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%T: got %q, %v, want %q", tt.v, got, ok, tt.want)
		}
	}
	if got, ok := SyncState(reflect.ValueOf(struct{ sync.Mutex }{}).Field(0)); got != "sync.Mutex, unlocked" || !ok {
		t.Errorf("as a field: %q", got)
	}
}
