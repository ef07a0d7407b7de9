package kernel

import "testing"

func TestGoRelease(t *testing.T) {
	for version, want := range map[string]string{
		"go1.26.1":                             "1.26.1",
		"go1.26.1-X:goroutineleakprofile,simd": "1.26.1",
		"go1.27rc1":                            "1.27rc1",
		"go1.26.1 X:nospinbitmutex":            "1.26.1",
		"devel go1.27-1234567 Mon Nov 2 2026":  "devel",
	} {
		if got := goRelease(version); got != want {
			t.Errorf("goRelease(%q) = %q, want %q", version, got, want)
		}
	}
}
