package unsupported_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/lower/unsupported"
)

func caught(f func() error) (err error) {
	defer unsupported.Catch(&err)
	return f()
}

func TestCatch(t *testing.T) {
	err := caught(func() error { unsupported.Refuse(7, "an array of %d", 3); return nil })
	if u, ok := err.(*unsupported.Error); !ok || u.Pos != 7 || u.Error() != "an array of 3" {
		t.Errorf("refused with %v", err)
	}
	if err := caught(func() error { return nil }); err != nil {
		t.Errorf("nothing was refused, and it is %v", err)
	}
	want := errors.New("mine")
	if err := caught(func() error { return want }); err != want {
		t.Errorf("it failed with %v", err)
	}
	defer func() {
		if r := recover(); r != "other" {
			t.Errorf("another panic became %v", r)
		}
	}()
	_ = caught(func() error { panic("other") })
}

// What is too large says so as what the source has it for.
func TestTooLarge(t *testing.T) {
	large := reflect.ArrayOf(3_000_000_000, reflect.TypeFor[byte]())
	for comment, want := range map[string]string{
		"makeslice": "this slice is too large: 3000000000 elements of type uint8 have 3000000000 bytes",
		"new":       "this value is too large", "x": "variable x is too large: [3000000000]uint8 has 3000000000 bytes",
	} {
		err := caught(func() error { unsupported.TooLarge(7, comment, large); return nil })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", comment, err)
		}
	}
	if err := caught(func() error { unsupported.TooLarge(7, "x", reflect.TypeFor[[3]int]()); return nil }); err != nil {
		t.Error(err)
	}
}
