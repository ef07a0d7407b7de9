package goruntime

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// linksElsewhere is who else may link to a name of another package, and why.
var linksElsewhere = map[string]string{
	"kernel/stdlib/native/sql.go": "database/sql promises convertAssign to those who link to it, and nothing of the runtime is in it",
}

// unsafeElsewhere is which packages may import unsafe, and what for. None of
// them has a mirror of a type of the runtime or of package sync.
var unsafeElsewhere = map[string]string{
	"kernel/engine":          "tells the channels and locks in variables apart by address",
	"kernel/instead":         "tells timers apart by address",
	"kernel/lower":           "takes packages out of the tables of x/tools/go/ssa, found by name and type",
	"kernel/registry":        "takes flags and RPC services out of maps that it has found by name and type",
	"kernel/rtype":           "fills descriptors of types, whose mirrors are here",
	"kernel/run":             "variables of cells are memory",
	"kernel/run/compile":     "instructions work on the memory of frames",
	"kernel/run/frame":       "frames are memory",
	"kernel/run/link":        "variables of cells are memory",
	"kernel/run/memory":      "tells how values lie in memory",
	"kernel/run/standin":     "arguments and results are in the memory of frames",
	"kernel/modules":         "puts files into variables of type embed.FS",
	"kernel/modules/values":  "reads and fills the memory of variables",
	"kernel/observe":         "makes text of values that are sent, where they are",
	"kernel/observe/race":    "tells memory apart by address",
	"kernel/sched/control":   "tells channels and locks apart by address, and tries whether they are free",
	"kernel/sched/park":      "keeps queues of locks where the collector does not look",
	"kernel/sched/report":    "tells apart what is waited for by address",
	"kernel/sched/stacks":    "reads labels, which are words of any type",
	"kernel/sched/stopping":  "compares the memory of values that were sent and taken back",
	"kernel/sched/world":     "tells channels apart by address",
	"internal/snippet":       "is told of accesses by address",
	"kernel/sched":           "identifies channels and locks by address, and keeps a G in a label word",
	"kernel/runtimeerror":    "makes strings of any length without memory, for Go's own words about bounds",
	"kernel/lower/composite": "says what the run-time type of unsafe.Pointer is",
	"kernel/yaegi":           "values of type unsafe.Pointer, which cells may have",
	"kernel/stdlib/native":   "weak, unique and atomic values of any type are passed as words",
	"kernel/stdlib/shadow":   "the same, from the source that cells run",
}

// TestNobodyElse walks the module: what is known of the runtime from inside is
// known here only.
func TestNobodyElse(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if entry.IsDir() {
			// Not ours: what Go does not build, data, and sources of Go itself.
			if name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || name == "kernel/goruntime" ||
				strings.HasPrefix(name, "kernel/stdlib/source")) {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(base, ".s") {
			t.Errorf("%s: assembly belongs into kernel/goruntime", name)
		}
		if !strings.HasSuffix(base, ".go") {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		files++
		quoted := false
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			line := lines.Text()
			if strings.Count(line, "`")%2 == 1 {
				quoted = !quoted
			}
			if !quoted && strings.HasPrefix(line, "//go:linkname ") && linksElsewhere[name] == "" {
				t.Errorf("%s: %s belongs into kernel/goruntime", name, line)
			}
			imported := strings.HasSuffix(strings.TrimPrefix(strings.TrimSpace(line), "import "), `"unsafe"`) &&
				!strings.ContainsAny(line, "={(:")
			if imported && !quoted && !strings.HasSuffix(base, "_test.go") && linksElsewhere[name] == "" && unsafeElsewhere[path.Dir(name)] == "" {
				t.Errorf("%s imports unsafe, and its package is not among those of which is known what for", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("only %d files were looked at", files)
	}
	for name := range linksElsewhere {
		if text, err := os.ReadFile(filepath.Join(root, name)); err != nil || !bytes.Contains(text, []byte("//go:linkname ")) {
			t.Errorf("%s need not be excepted", name)
		}
	}
}

// Nothing of the package may end the process when it is loaded.
func TestNoPanicInInit(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") && bytes.Contains(text, []byte("panic(")) {
			t.Errorf("%s panics", name)
		}
	}
}
