package picture

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 17: "17ns", 1234: "1.23µs", 45678: "45.7µs", 20 * time.Millisecond: "20ms", 123456789: "123ms",
		time.Second: "1s", 59900 * time.Millisecond: "59.9s", time.Minute: "1m", 90 * time.Second: "1m30s",
		time.Hour: "1h", 10*time.Hour + 5*time.Minute: "10h5m", 10*time.Hour + time.Second: "10h0m1s",
	} {
		if got := duration(int64(d)); got != want {
			t.Errorf("%v is written %q, not %q", d, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 9, "short"}, {"exactly9!", 9, "exactly9!"}, {"ten chars!", 9, "ten char…"},
		{"a\nb\tc", 9, `a⏎b\tc`}, {"\x00", 9, `\x00`}, {"\u202e!", 9, `\u202e!`}, {"日本語", 5, "日本…"}, {"", 3, ""},
	} {
		if got := shorten(c.in, c.n); got != c.want {
			t.Errorf("%q in %d columns is %q, not %q", c.in, c.n, got, c.want)
		}
	}
}
