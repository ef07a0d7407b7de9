package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel"
)

// fakeGo answers as a go command of that version whose builds say what they
// were built with.
func fakeGo(version string) string {
	return `case "$1" in
env) echo ` + version + `;;
list) echo a; echo b; echo c;;
build) echo "built in $(pwd) with $GOEXPERIMENT" >"$3"; chmod +x "$3";;
esac`
}

func TestLabBuildsAKernelThatFindsLeaks(t *testing.T) {
	const module = "module github.com/gosched/gosched\n"
	tests := []struct {
		name    string
		leaks   bool
		module  string
		goTool  string
		says    string // on stderr
		rebuilt bool
	}{
		{"in a checkout", false, module, fakeGo("go" + kernel.GoRelease()), "Compiling the kernel, 3 packages.\n", true},
		{"with experiments", false, module, fakeGo("go" + kernel.GoRelease() + "-X:other"), "Compiling the kernel, 3 packages.\n", true},
		{"already there", true, module, fakeGo("go" + kernel.GoRelease()), "", false},
		{"elsewhere", false, "module example.com/other\n", fakeGo("go" + kernel.GoRelease()), "", false},
		{"no Go", false, module, "", "no go command", false},
		{"another Go", false, module, fakeGo("go1.99.1"), "Go 1.99.1", false},
		{"a build that fails", false, module, "test \"$1\" = env && echo go" + kernel.GoRelease() + " || test \"$1\" = list || { echo broken >&2; exit 1; }", "broken", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tp := newTestProcess(t)
			readyLab(t, tp, "")
			tp.setenv("PATH=" + tp.bin) // no go but the test's
			tp.command("chmod", `exec /bin/chmod "$@"`)
			if tt.goTool != "" {
				tp.command("go", tt.goTool)
			}
			tp.leaks = func() bool { return tt.leaks }
			tp.file("go.mod", tt.module)
			tp.setenv("GOEXPERIMENT=mine")
			for range 2 {
				code, _, stderr := tp.run("lab", "--prepare")
				if code != 0 || !strings.Contains(stderr, tt.says) || tt.says == "" && strings.Contains(stderr, "leak") {
					t.Errorf("exit code %d, stderr %q, want %q", code, stderr, tt.says)
				}
			}
			kept := filepath.Join(tp.host.LabEnvironment().Dir, "share/jupyter/kernels/gosched/gosched")
			content, err := os.ReadFile(kept)
			if !tt.rebuilt {
				if err == nil {
					t.Errorf("the kernel is %q", content)
				}
				return
			}
			if want := "built in " + tp.dir + " with mine,goroutineleakprofile\n"; err != nil || string(content) != want {
				t.Errorf("the kernel is %q, %v, want %q", content, err, want)
			}
		})
	}
}

func TestDoctorSaysHowToFindLeaks(t *testing.T) {
	tp := newTestProcess(t)
	tp.leaks = func() bool { return false }
	tp.command("python3", fakePython)
	tp.command("jupyter", fakeJupyter("4.6.6"))
	tp.want(0, []string{"install"})
	tp.want(0, []string{"doctor"}, "note", "%leaks", "GOEXPERIMENT=goroutineleakprofile go install ", "Nothing is wrong.")
}
