package gone

import (
	"runtime"
	"testing"
	"time"
	"weak"
)

type thing struct{ name string }

type owner struct {
	things map[weak.Pointer[thing]]string
	held   *thing
	told   chan weak.Pointer[thing]
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
		runtime.GC()
	}
}

func TestTell(t *testing.T) {
	o := &owner{told: make(chan weak.Pointer[thing], 1)}
	x := &thing{"x"}
	key := Tell(x, o, func(o *owner, key weak.Pointer[thing]) { o.told <- key })
	runtime.GC()
	if key.Value() != x || len(o.told) != 0 {
		t.Error("it is told of a thing that is there")
	}
	runtime.KeepAlive(x)
	until(t, "the end of a thing", func() bool { return len(o.told) == 1 })
	if told := <-o.told; told != key {
		t.Error("it is told of another thing")
	}
	runtime.KeepAlive(o)
}

// An owner that leads to what it waits for is collected with it.
func TestOwnersGo(t *testing.T) {
	o := &owner{held: &thing{"held"}}
	Tell(o.held, o, func(o *owner, key weak.Pointer[thing]) { delete(o.things, key) })
	was := weak.Make(o)
	o = nil
	until(t, "the end of an owner", func() bool { return was.Value() == nil })
}
