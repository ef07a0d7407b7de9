package stdlib

import (
	"slices"
	"testing"
)

func TestPackages(t *testing.T) {
	paths := Packages()
	if !slices.IsSorted(paths) {
		t.Error("not sorted")
	}
	for _, p := range []string{"fmt", "slices", "math/rand/v2", "plugin", "runtime/cgo", "golang.org/x/sync/errgroup", "golang.org/x/time/rate"} {
		if !slices.Contains(paths, p) || !Has(p) {
			t.Errorf("%s is missing", p)
		}
	}
	for _, p := range []string{"", "internal/abi", "cmd/go", "fm", "mt", "fmt fmt", "fmt\n", nativePath, ShadowPath, "github.com/nobody/nothing"} {
		if slices.Contains(paths, p) || Has(p) {
			t.Errorf("%q can be imported", p)
		}
	}
	if !Has("unsafe") {
		t.Error("unsafe is missing")
	}
}

func TestName(t *testing.T) {
	for path, want := range map[string]string{
		"archive/tar": "tar", "math/rand/v2": "rand", "golang.org/x/time/rate": "rate", "weak": "weak", "v2": "",
	} {
		if got := Name(path); got != want {
			t.Errorf("Name(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestByName(t *testing.T) {
	tests := map[string][]string{
		"fmt":      {"fmt"},
		"unsafe":   {"unsafe"},
		"errgroup": {"golang.org/x/sync/errgroup"},
		"rand":     {"math/rand/v2", "crypto/rand", "math/rand"},
		"template": {"text/template", "html/template"},
		"scanner":  {"text/scanner", "go/scanner"},
		"pprof":    {"runtime/pprof", "net/http/pprof"},
		"v2":       nil,
		"native":   nil,
		"":         nil,
	}
	for name, want := range tests {
		if got := ByName(name); !slices.Equal(got, want) {
			t.Errorf("ByName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	tests := []struct {
		name    string
		symbols []string
		want    string
	}{
		{"fmt", []string{"Println"}, "fmt"},
		{"fmt", []string{"NoSuchName"}, "fmt"},
		{"rand", []string{"IntN"}, "math/rand/v2"},
		{"rand", []string{"Intn"}, "math/rand"},
		{"rand", []string{"Int"}, "math/rand/v2"},
		{"rand", []string{"Shuffle", "Perm"}, "math/rand/v2"},
		{"rand", []string{"New", "NewSource"}, "math/rand"},
		{"rand", []string{"New", "NewPCG"}, "math/rand/v2"},
		{"rand", []string{"Read"}, "crypto/rand"},
		{"rand", []string{"Seed", "Read"}, "math/rand"},
		{"rand", []string{"Text"}, "crypto/rand"},
		{"rand", []string{"IntN", "NoSuchName"}, "math/rand/v2"},
		{"rand", nil, "math/rand/v2"},
		{"template", []string{"HTML"}, "html/template"},
		{"template", []string{"New", "Must"}, "text/template"},
		{"scanner", []string{"ErrorList"}, "go/scanner"},
		{"pprof", []string{"Handler"}, "net/http/pprof"},
		{"pprof", []string{"StartCPUProfile"}, "runtime/pprof"},
	}
	for _, tt := range tests {
		if got, ok := Resolve(tt.name, tt.symbols); !ok || got != tt.want {
			t.Errorf("Resolve(%q, %q) = %q, %v, want %q", tt.name, tt.symbols, got, ok, tt.want)
		}
	}
	if got, ok := Resolve("nosuchpackage", []string{"X"}); ok {
		t.Errorf("Resolve of an unknown name gives %q", got)
	}
}
