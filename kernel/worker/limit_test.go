package worker

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestMemoryLimit(t *testing.T) {
	tests := []struct {
		value string
		want  int64
		err   string
	}{
		{value: "2GiB", want: 2 << 30},
		{value: " 512 MiB ", want: 512 << 20},
		{value: "1.5g", want: 3 << 29},
		{value: "100000KB", want: 100000 << 10},
		{value: "134217728", want: 128 << 20},
		{value: "off", want: 0},
		{value: "much", err: "no number"},
		{value: "2 apples", err: `unknown unit "apples"`},
		{value: "-2GiB", err: "no number"},
		{value: "NaN", err: "no number"},
		{value: "1e30T", err: "too large"},
		{value: "10MiB", err: "needs at least 64 MiB"},
	}
	for _, test := range tests {
		got, err := MemoryLimit(test.value)
		if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("MemoryLimit(%q) = %d, %v; want %d, %s", test.value, got, err, test.want, test.err)
		}
	}
	if got, err := MemoryLimit(""); err != nil || got < leastMemory || got > mostMemory {
		t.Errorf("the default is %d, %v", got, err)
	}
}

func TestFormatSize(t *testing.T) {
	for n, want := range map[int64]string{5: "5 bytes", 2 << 10: "2 KiB", 3 << 29: "1.5 GiB", 614 << 20: "614 MiB"} {
		if got := formatSize(n); got != want {
			t.Errorf("formatSize(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestChildEnvironment(t *testing.T) {
	got := childEnvironment([]string{
		"HOME=/home/x", "JPY_PARENT_PID=1", "jpy_session_name=x", "JUPYTER_CONNECTION_FILE=f",
		"JUPYTERHUB_API_TOKEN=s", "JUPYTER_TOKEN=s", "JUPYTERHUB_CRYPT_KEY=s", "CONFIGPROXY_AUTH_TOKEN=s",
		"GITHUB_TOKEN=theirs", "JUPYTERHUB_USER=u", "GOTRACEBACK=crash", "GODEBUG=http2client=0",
	})
	want := []string{"HOME=/home/x", "GITHUB_TOKEN=theirs", "JUPYTERHUB_USER=u", "GOTRACEBACK=single", "GODEBUG=http2client=0,tracebacklabels=1"}
	if !slices.Equal(got, want) {
		t.Errorf("environment %q, want %q", got, want)
	}
	if os.Getenv("HOME") != "" && !slices.Contains(childEnvironment(os.Environ()), "HOME="+os.Getenv("HOME")) {
		t.Error("HOME is lost")
	}
}
