package stdlib

import (
	"strings"
	"testing"
)

func TestDoc(t *testing.T) {
	tests := []struct{ path, name, want string }{
		{"fmt", "", "Package fmt implements formatted I/O"},
		{"fmt", "Println", "Println formats using the default formats"},
		{"sync", "WaitGroup", "A WaitGroup is a counting semaphore"},
		{"sync", "WaitGroup.Add", "Add adds delta, which may be negative"},
		{"net/http", "Server.Addr", "Addr optionally specifies the TCP address"},
		{"io", "Reader", "Reader is the interface that wraps"},
		{"net/http", "Handler.ServeHTTP", ""},
		{"os", "O_RDONLY", "Exactly one of O_RDONLY"},
		{"slices", "Sort", "Sort sorts a slice"},
		{"iter", "Pull", "Pull converts"},
		{"golang.org/x/sync/errgroup", "Group.Go", "Go calls the given function"},
		{"fmt", "NoSuchName", ""},
		{"nowhere", "", ""},
	}
	for _, tt := range tests {
		got := Doc(tt.path, tt.name)
		if !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("Doc(%q, %q) = %.80q, want %q…", tt.path, tt.name, got, tt.want)
		}
	}
	const want = "Sleep pauses the current goroutine for at least the duration d."
	if got := Synopsis("time", "Sleep"); got != want {
		t.Errorf("Synopsis = %q, want %q", got, want)
	}
}
