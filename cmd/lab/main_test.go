package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/install"
)

// fakeGo is a go command that knows where the checkout is, has one package to compile,
// and writes what it was called with into what it builds.
const fakeGo = `#!/bin/sh
case $1 in
env) [ "$2" != GOMOD ] || echo "$CHECKOUT/go.mod" ;;
list) echo example.com/stale ;;
build) echo "$PWD $*" >"$3"; echo example.com/stale >&2 ;;
esac
`

// asCommand makes the test binary behave as lab itself.
const asCommand = "GOSCHED_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// The program ends with what was wrong, or with what it has become.
func TestCommand(t *testing.T) {
	const becomes = `#!/bin/sh
[ $1 != build ] || { echo '#!/bin/sh'; echo 'echo "$@"'; } >"$3"
[ $1 != build ] || chmod +x "$3"
`
	for _, tt := range []struct {
		goCommand, said string
		code            int
	}{
		{"", "lab: there is no go command on your PATH\n", 1},
		{becomes, "lab --port 9999\n", 0},
	} {
		dir := t.TempDir()
		if tt.goCommand != "" {
			if err := os.WriteFile(filepath.Join(dir, "go"), []byte(tt.goCommand), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "--port", "9999")
		cmd.Env = append(os.Environ(), asCommand+"=1", "HOME="+dir, "XDG_CACHE_HOME="+dir, "PATH="+dir+":/bin:/usr/bin")
		if tt.goCommand == "" {
			cmd.Env = append(cmd.Env, "PATH="+dir)
		}
		said, err := cmd.CombinedOutput()
		if string(said) != tt.said || cmd.ProcessState.ExitCode() != tt.code {
			t.Errorf("said %q, %v; want %q", said, err, tt.said)
		}
	}
}

func TestLab(t *testing.T) {
	for _, tt := range []struct {
		name, goCommand string
		problem         string // "" where the checkout's gosched is run
	}{
		{"built", fakeGo, ""},
		{"no go", "", "no go command on your PATH"},
		{"no checkout", "#!/bin/sh\nexit 1\n", "where the checkout is"},
		{"not to be built", fakeGo + "[ $1 != build ] || { echo undefined: missing >&2; exit 1; }\n", "undefined: missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			cache, checkout, tools := filepath.Join(dir, "cache"), filepath.Join(dir, "checkout"), filepath.Join(dir, "tools")
			for _, d := range []string{checkout, tools} {
				if err := os.Mkdir(d, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if tt.goCommand != "" {
				if err := os.WriteFile(filepath.Join(tools, "go"), []byte(tt.goCommand), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("CHECKOUT", checkout)
			host := install.Host{OS: "linux", Environ: []string{"PATH=" + tools, "XDG_CACHE_HOME=" + cache, "CHECKOUT=" + checkout}}
			replaced := errors.New("the process is another")
			var program string
			var args, environ []string
			var said bytes.Buffer
			err := lab(t.Context(), host, &said, []string{"--port", "9999"}, func(p string, a, e []string) error {
				program, args, environ = p, a, e
				return replaced
			})
			if tt.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tt.problem) || program != "" {
					t.Errorf("runs %q: %v, want %q", program, err, tt.problem)
				}
				return
			}
			if err != replaced {
				t.Fatal(err)
			}
			built, err := os.ReadFile(program)
			if err != nil || !strings.HasPrefix(program, cache) {
				t.Fatalf("runs %s: %v", program, err)
			}
			if want := checkout + " build -o " + program + " -v ./cmd/gosched\n"; string(built) != want {
				t.Errorf("built by %q, want %q", built, want)
			}
			if want := []string{"gosched", "lab", "--port", "9999"}; !slices.Equal(args, want) || !slices.Equal(environ, host.Environ) {
				t.Errorf("runs it as %q with %q", args, environ)
			}
			if want := "Compiling the kernel, 1 packages.\n"; said.String() != want {
				t.Errorf("said %q, want %q", &said, want)
			}
		})
	}
}
