package worker

import (
	"os"
	"testing"
)

func TestGroupMemory(t *testing.T) {
	tests := []struct {
		name, groups string
		files        map[string]string
		want         int64
	}{
		{"version 2", "0::/user/app\n", map[string]string{
			"/sys/fs/cgroup/user/app/memory.max": "max\n",
			"/sys/fs/cgroup/user/memory.max":     "1073741824\n",
		}, 1 << 30},
		{"container, version 2", "0::/\n", map[string]string{"/sys/fs/cgroup/memory.max": "536870912\n"}, 512 << 20},
		{"version 1, host path", "5:cpu,memory:/docker/abc\n1:name=systemd:/x\n", map[string]string{
			"/sys/fs/cgroup/memory/memory.limit_in_bytes": "268435456\n",
		}, 256 << 20},
		{"none", "0::/\n", nil, 0},
		{"rubbish", "what\n0::\n", nil, 0},
	}
	for _, test := range tests {
		got := groupMemory(test.groups, func(name string) ([]byte, error) {
			if text, ok := test.files[name]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		})
		if got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
	if machineMemory() <= 0 {
		t.Error("this machine has no memory")
	}
}
