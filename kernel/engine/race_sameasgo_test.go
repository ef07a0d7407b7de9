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
)

// raceImports are the packages that racyPrograms use, each with something of it.
var raceImports = map[string]string{
	"bytes": "NewBuffer", "context": "TODO", "encoding/json": "Marshal", "errors": "New", "fmt": "Sprint", "io": "EOF", "net": "Pipe",
	"net/http": "Get", "net/http/httptest": "NewServer", "os": "Args", "runtime": "GC", "sort": "Ints", "strconv": "Atoi", "strings": "Fields",
	"sync": "NewCond", "sync/atomic": "AddInt64", "time": "Now", "golang.org/x/sync/errgroup": "WithContext",
}

// TestContract21_SameAsGo has Go's race detector say which of racyPrograms race.
func TestContract21_SameAsGo(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("builds with -race")
	}
	testenv.Need(t, "go")
	var b, uses strings.Builder
	b.WriteString("package main\n")
	for path, name := range raceImports {
		fmt.Fprintf(&b, "import %q\n", path)
		fmt.Fprintf(&uses, "var _ = %s.%s\n", path[strings.LastIndexByte(path, '/')+1:], name)
	}
	b.WriteString(uses.String())
	b.WriteString("func main() {\n\tn, _ := strconv.Atoi(os.Args[1])\n\tswitch n {\n")
	for i, p := range racyPrograms {
		fmt.Fprintf(&b, "case %d:\nfunc() {\n%s\n}()\n", i, p.body)
	}
	b.WriteString("}\n\ttime.Sleep(50 * time.Millisecond)\n}\n")
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "races")
	if err := os.WriteFile(source, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-race", "-o", program, source)
	if out, err := build.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "-race requires cgo") || strings.Contains(string(out), "C compiler") {
			testenv.Skip(t, "programs cannot be built with -race here: %s", out)
		}
		t.Fatalf("building: %v\n%s", err, out)
	}
	for i, p := range racyPrograms {
		t.Run(p.name, func(t *testing.T) {
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
				if races == (p.what != "") {
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
