package snippet

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what tests compare with anew")

// Update reports whether tests are to write what they compare with.
func Update() bool { return *update }

// Golden compares what f makes of each source in a file of testdata (NAME.go) with
// what the file says (NAME).
func Golden(t *testing.T, file string, f func(t *testing.T, src string) string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*txtar.File{}
	for i := range a.Files {
		want[a.Files[i].Name] = &a.Files[i]
	}
	var out txtar.Archive // what is not run stays as it is
	out.Comment = a.Comment
	tested := 0
	for _, src := range a.Files {
		name, ok := strings.CutSuffix(src.Name, ".go")
		if !ok {
			continue
		}
		tested++
		w := want[name]
		t.Run(name, func(t *testing.T) {
			got := f(t, string(src.Data))
			switch {
			case *update:
				w = &txtar.File{Name: name, Data: []byte(got)}
			case w == nil:
				t.Errorf("%s does not say what is wanted; got\n%s", path, got)
			case string(w.Data) != got:
				t.Errorf("got\n%s\nwant (go test -update, if this is right)\n%s", got, w.Data)
			}
		})
		if out.Files = append(out.Files, src); w != nil {
			out.Files = append(out.Files, *w)
		}
	}
	if tested == 0 {
		t.Errorf("nothing in %s", path)
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(&out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
