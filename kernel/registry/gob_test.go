package registry

import (
	"bytes"
	"encoding/gob"
	"strings"
	"testing"
)

// Types of gob as three runs of a cell declare them: for the program they are different
// types of the same name.
type (
	shapeOne   struct{ Side int }
	shapeTwo   struct{ Side, Depth int }
	shapeThree struct{ Side int }
)

// sent is a value after it has been encoded as an interface and decoded again.
func sent(t *testing.T, v any) any {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(&v); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := gob.NewDecoder(&b).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestGob(t *testing.T) {
	var r Registry
	r.GobRegisterName(run("a", 1), "registry-test.shape", shapeOne{})
	r.GobRegisterName(run("a", 2), "registry-test.shape", shapeTwo{})
	r.GobRegisterName(run("a", 3), "registry-test.shape", shapeOne{}) // known by now
	last := run("a", 4)
	r.GobRegisterName(last, "registry-test.shape", shapeThree{})
	for _, v := range []any{shapeOne{1}, shapeTwo{2, 3}, shapeThree{4}} {
		if got := sent(t, v); got != v {
			t.Errorf("%#v arrives as %#v", v, got)
		}
	}
	if got := panicOf(func() { r.GobRegisterName(last, "registry-test.shape", shapeTwo{}) }); !strings.Contains(got, "gob: registering duplicate") {
		t.Errorf("two types in one run: %q", got)
	}
	if got := panicOf(func() { r.GobRegisterName(run("b", 5), "registry-test.shape", shapeOne{}) }); !strings.Contains(got, "by cell 4 already") {
		t.Errorf("another cell: %q", got)
	}
	if got := panicOf(func() { r.GobRegisterName(run("b", 6), "", shapeOne{}) }); !strings.Contains(got, "empty name") {
		t.Errorf("no name: %q", got)
	}
}

// Without a name it is the type's.
func TestGobNames(t *testing.T) {
	for want, v := range map[string]any{
		"":       nil,
		"int":    1,
		"[]int":  []int{},
		"string": "",
		"github.com/gosched/gosched/kernel/registry.shapeOne": shapeOne{},
		"*registry.shapeOne": &shapeOne{},
	} {
		if got := gobName(v); got != want {
			t.Errorf("%T is called %q, want %q", v, got, want)
		}
	}
	var r Registry
	type local struct{ N int }
	for n := range 2 {
		r.GobRegister(run("a", n), local{})
	}
	if got := sent(t, local{5}); got != any(local{5}) {
		t.Errorf("it arrives as %#v", got)
	}
}
