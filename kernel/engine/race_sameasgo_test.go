package engine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/observe/race/racetest"
)

// TestContract21_SameAsGo has Go's race detector say which of the programs race.
func TestContract21_SameAsGo(t *testing.T) {
	if testing.Short() || testenv.Raced {
		t.Skip("builds with -race")
	}
	testenv.Need(t, "go")
	programs := racetest.Programs(t)
	var b strings.Builder
	b.WriteString("func main() {\n\tn, _ := strconv.Atoi(os.Args[1])\n\tswitch n {\n")
	for i, p := range programs {
		fmt.Fprintf(&b, "case %d:\nfunc() {\n%s\n}()\n", i, p.Body)
	}
	b.WriteString("}\n\ttime.Sleep(50 * time.Millisecond)\n}\n")
	text := "package main\n" + racetest.Imports(b.String()) + b.String()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "races")
	if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-race", "-o", program, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=1") // which -race asks for
	if out, err := build.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "-race requires cgo") || strings.Contains(string(out), "C compiler") {
			testenv.Skip(t, "programs cannot be built with -race here: %s", out)
		}
		t.Fatalf("building: %v\n%s", err, out)
	}
	for i, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			// A lucky order may hide a race from Go.
			for range 5 {
				cmd := exec.Command(program, strconv.Itoa(i))
				cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=10")
				out, err := cmd.CombinedOutput()
				var exit *exec.ExitError
				if err != nil && !errors.As(err, &exit) {
					t.Fatal(err)
				}
				races := strings.Contains(string(out), "DATA RACE") || strings.Contains(string(out), "concurrent map")
				if races == (p.What != "") {
					return
				}
				if races {
					t.Fatalf("races under Go:\n%s", out)
				}
			}
			t.Error("Go reports nothing")
		})
	}
}
