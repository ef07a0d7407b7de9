package zmtp

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestContract17_ReadFrame(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 300)
	for _, tt := range []struct {
		name  string
		in    []byte
		limit int
		body  string
		err   error
	}{
		{"short", appendFrame(nil, 0, []byte("abc")), 10, "abc", nil},
		{"empty", appendFrame(nil, flagMore, nil), 0, "", nil},
		{"long", appendFrame(nil, 0, long), 300, string(long), nil},
		{"long form of a short one", []byte{flagLong, 0, 0, 0, 0, 0, 0, 0, 1, 'a'}, 10, "a", nil},
		{"command", appendFrame(nil, flagCommand, []byte("\x04PING")), 10, "\x04PING", nil},
		{"nothing", nil, 10, "", io.EOF},
		{"half a header", []byte{0}, 10, "", io.ErrUnexpectedEOF},
		{"half a length", []byte{flagLong, 0, 0}, 10, "", io.ErrUnexpectedEOF},
		{"cut off", appendFrame(nil, 0, []byte("abc"))[:4], 10, "", io.ErrUnexpectedEOF},
		{"too long", appendFrame(nil, 0, long), 299, "", ErrTooLarge},
		{"no room left", appendFrame(nil, 0, nil), -1, "", ErrTooLarge},
		{"absurd length", []byte{flagLong, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1 << 30, "", ErrTooLarge},
		{"reserved bits", []byte{0x80, 0}, 10, "", errFrameFlags},
		{"command with more", []byte{flagCommand | flagMore, 0}, 10, "", errFrameFlags},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, body, err := readFrame(bytes.NewReader(tt.in), tt.limit, nil)
			if !errors.Is(err, tt.err) || string(body) != tt.body {
				t.Errorf("got %q, %v", body, err)
			}
		})
	}
}

// A peer that announces much and sends nothing costs nothing.
func TestContract17_AnnouncedLengthTakesNoMemory(t *testing.T) {
	in := []byte{flagLong, 0, 0, 0, 0, 0x3f, 0, 0, 0, 'a'} // a gigabyte
	n := testing.AllocsPerRun(1, func() {
		_, _, err := readFrame(bytes.NewReader(in), 1<<30, nil)
		if err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
	})
	res := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			_, _, _ = readFrame(bytes.NewReader(in), 1<<30, nil)
		}
	})
	if res.AllocedBytesPerOp() > 1<<20 {
		t.Errorf("%v allocations, %d bytes", n, res.AllocedBytesPerOp())
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(appendFrame(nil, 0, []byte("abc")), 100)
	f.Add(appendFrame(nil, flagMore, bytes.Repeat([]byte("x"), 300)), 1000)
	f.Add([]byte{flagLong, 0xff, 0, 0, 0, 0, 0, 0, 0}, 1<<20)
	f.Fuzz(func(t *testing.T, in []byte, limit int) {
		taken := 0
		flags, body, err := readFrame(bytes.NewReader(in), limit, func(n int) error { taken += n; return nil })
		if taken > len(in)+128<<10 && taken > 2*len(in) {
			t.Fatalf("took %d bytes for %d that came", taken, len(in))
		}
		if err != nil {
			return
		}
		if len(body) > limit {
			t.Fatalf("%d bytes, limit %d", len(body), limit)
		}
		if taken != len(body) {
			t.Fatalf("took %d bytes for %d", taken, len(body))
		}
		_, again, err := readFrame(bytes.NewReader(appendFrame(nil, flags, body)), limit, nil)
		if err != nil || !bytes.Equal(again, body) {
			t.Fatalf("written and read again: %q, %v", again, err)
		}
		if flags&flagCommand != 0 {
			if name, data, err := splitCommand(body); err == nil && 1+len(name)+len(data) != len(body) {
				t.Fatal("command loses bytes")
			}
		}
	})
}
