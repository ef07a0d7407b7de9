package picture

import (
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what is drawn; go test -update writes it, then look at it", path)
	}
}

func TestSVGGolden(t *testing.T) {
	for name, record := range samples {
		t.Run(name, func(t *testing.T) { golden(t, name+".svg", SVG(record())) })
	}
}

// The figure is drawn by whoever shows it as an image, which GitHub does, or cleans it
// first: of elements it has those that draw, and nothing that runs or is fetched.
func TestSVGIsStill(t *testing.T) {
	elements := []string{
		"svg", "g", "defs", "title", "desc", "style", "pattern", "clipPath", "marker",
		"path", "rect", "circle", "line", "polyline", "polygon", "text", "tspan",
	}
	fetches := regexp.MustCompile(`(?i)@import|javascript:|expression\(|url\(\s*['"]?[^#'"\s]`)
	for name, record := range samples {
		t.Run(name, func(t *testing.T) {
			svg := SVG(record())
			if fetches.MatchString(svg) {
				t.Errorf("it refers to %q", fetches.FindString(svg))
			}
			ids, refers := map[string]bool{}, map[string]bool{}
			d := xml.NewDecoder(strings.NewReader(svg))
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				e, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				if !slices.Contains(elements, e.Name.Local) || e.Name.Space != "http://www.w3.org/2000/svg" {
					t.Errorf("an element %v", e.Name)
				}
				for _, a := range e.Attr {
					switch {
					case strings.HasPrefix(strings.ToLower(a.Name.Local), "on"), a.Name.Local == "href", a.Name.Local == "src":
						t.Errorf("%s has %s=%q", e.Name.Local, a.Name.Local, a.Value)
					case a.Name.Local == "id":
						ids[a.Value] = true
					}
				}
			}
			for _, m := range regexp.MustCompile(`url\(['"]?#([^)'"]+)`).FindAllStringSubmatch(svg, -1) {
				refers[m[1]] = true
			}
			for id := range refers {
				if !ids[id] {
					t.Errorf("it refers to #%s, which it does not have", id)
				}
			}
		})
	}
}
