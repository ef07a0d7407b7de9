package modules

import (
	"reflect"
	"testing"
)

// sampleEntry has something of everything.
func sampleEntry() *entry {
	return &entry{
		files: []fileEntry{{
			name: "a.go", size: 900, hash: "h", lines: []int{0, 5, 300, 301}, clause: 7, version: "go1.26",
			imports: []importEntry{{"f", "fmt", 20}},
			funcs:   []funcEntry{{"F", plainMethod, 40, 35, 90}},
		}},
		inits:   []initEntry{{names: []string{"x", "_"}, poses: []int{3, 4}, value: spanEntry{"", 0, 5, 9}, typ: spanEntry{"", 0, 6, 7}}},
		statics: []staticEntry{{"table", []byte{1, 2, 3}}},
		embeds:  []embedEntry{{"fs", []string{"x.txt"}}},
		types:   []byte("types"),
	}
}

func TestEntry(t *testing.T) {
	data := encode((*coder).entry, sampleEntry())
	got, err := decode((*coder).entry, data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, sampleEntry()) {
		t.Errorf("it has become %+v", got)
	}
	for n := range data {
		if _, err := decode((*coder).entry, data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are an entry, too", n, len(data))
		}
	}
}

// Whatever stands on disk, it is an entry or an error.
func FuzzEntry(f *testing.F) {
	f.Add(encode((*coder).entry, sampleEntry()))
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := decode((*coder).entry, data)
		if err != nil {
			return
		}
		again, err := decode((*coder).entry, encode((*coder).entry, e))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, e) {
			t.Errorf("%+v\nhas become\n%+v", e, again)
		}
	})
}
