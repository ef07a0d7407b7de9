package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/toolchain"
)

// goText is a generated file that differs by what is asked for.
func goText(t *testing.T, what string) []byte {
	t.Helper()
	c := newContent()
	if err := c.goFile("", "package p\n\nconst what = \""+what+"\"\n"); err != nil {
		t.Fatal(err)
	}
	return c.files[""]
}

// everywhere makes a tree by what each target has under a name; "" is nothing.
func everywhere(t *testing.T, has map[string]func(target) string) tree {
	t.Helper()
	all := make(tree)
	for _, r := range toolchain.Releases() {
		for _, p := range platforms {
			tg := target{r, p}
			c := newContent()
			for name, of := range has {
				switch text := of(tg); {
				case text == "":
				case strings.HasSuffix(name, ".go"):
					c.files[name] = goText(t, text)
				default:
					c.data[name] = []byte(text)
				}
			}
			all[tg] = c
		}
	}
	return all
}

func TestMergeKeepsOnceWhatIsShared(t *testing.T) {
	releases := toolchain.Releases()
	first, last := releases[0], releases[len(releases)-1]
	newest := func(tg target) string {
		if tg.release == last {
			return "new"
		}
		return ""
	}
	all := everywhere(t, map[string]func(target) string{
		"zz_same.go":      func(target) string { return "same" },
		"zz_release.go":   func(tg target) string { return tg.release },
		"zz_platform.go":  func(tg target) string { return tg.platform.String() },
		"zz_both.go":      func(tg target) string { return tg.release + tg.platform.String() },
		"zz_new.go":       newest,
		"types/same":      func(target) string { return "same" },
		"types/release":   func(tg target) string { return tg.release },
		"types/platform":  func(tg target) string { return tg.platform.String() },
		"types/both":      func(tg target) string { return tg.release + tg.platform.String() },
		"types/only new":  newest,
		"docs/only first": func(tg target) string { return map[bool]string{true: "first"}[tg.platform == platforms[0]] },
	})
	out, err := merge(all)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for name := range out {
		if strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, "zz_data") {
			files = append(files, name)
		}
	}
	want := []string{"zz_same.go", "zz_new_" + tag(last) + ".go"}
	for _, r := range releases {
		want = append(want, "zz_release_"+tag(r)+".go")
		for _, p := range platforms {
			want = append(want, "zz_both_"+tag(r)+"_"+p.String()+".go")
		}
	}
	for _, p := range platforms {
		want = append(want, "zz_platform_"+p.String()+".go")
	}
	slices.Sort(files)
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Errorf("files\n%s\nwant\n%s", strings.Join(files, "\n"), strings.Join(want, "\n"))
	}
	// The last release's part is for those that are not known yet, too.
	for name, constraint := range map[string]string{
		"zz_same.go":                           "",
		"zz_release_" + tag(first) + ".go":     "//go:build !" + releases[1],
		"zz_release_" + tag(last) + ".go":      "//go:build " + last,
		"zz_new_" + tag(last) + ".go":          "//go:build " + last,
		"zz_data_" + tag(first) + ".go":        "//go:build !" + releases[1],
		"zz_data.go":                           "",
		"zz_data_linux_amd64.go":               "",
		"zz_platform_js_wasm.go":               "",
		"zz_data_" + tag(last) + ".go":         "//go:build " + last,
		"zz_both_" + tag(last) + "_js_wasm.go": "//go:build " + last,
	} {
		_, rest, _ := strings.Cut(string(out[name]), header)
		got, _, _ := strings.Cut(rest, "\n")
		if !strings.HasPrefix(got, "//go:build") {
			got = ""
		}
		if got != constraint || out[name] == nil {
			t.Errorf("%s begins with %q, want %q", name, got, constraint)
		}
	}
	for archive, want := range map[string]string{
		"data/all.zip":                           "types/same",
		"data/" + last + ".zip":                  "types/only new types/release",
		"data/linux_arm64.zip":                   "types/platform",
		"data/" + first + "_js_wasm.zip":         "types/both",
		"data/" + platforms[0].String() + ".zip": "docs/only first types/platform",
	} {
		entries, err := unzip(out[archive])
		if err != nil {
			t.Fatalf("%s: %v", archive, err)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(entries)), " "); got != want {
			t.Errorf("%s has %s, want %s", archive, got, want)
		}
	}

	// Written, it is read back as it was, and what is stale is gone.
	dir := t.TempDir()
	stale := filepath.Join(dir, "zz_stale.go")
	for name, text := range map[string]string{stale: "package p\n", filepath.Join(dir, "own.go"): "package p\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time everything is there
		if err := out.write(dir); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", stale, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "own.go")); err != nil {
		t.Error(err)
	}
	back, err := readTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	for tg, c := range all {
		if !maps.EqualFunc(c.files, back[tg].files, bytes.Equal) || !maps.EqualFunc(c.data, back[tg].data, bytes.Equal) {
			t.Errorf("%v: read back %q and %q, want %q and %q", tg, sortedKeys(back[tg].files), sortedKeys(back[tg].data), sortedKeys(c.files), sortedKeys(c.data))
		}
	}
}

// What is checked in is laid out as merge does it, for all targets.
func TestLaidOut(t *testing.T) {
	if testing.Short() {
		t.Skip("compresses all tables")
	}
	dir := filepath.Join("..", "..")
	all, err := readTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	out, err := merge(all)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range out {
		if old, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Error(err)
		} else if !unchanged(name, old, data) {
			t.Errorf("%s is not what go generate ./kernel/stdlib makes", name)
		}
	}
	for _, glob := range generatedGlobs {
		files, err := filepath.Glob(filepath.Join(dir, glob))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			rel, err := filepath.Rel(dir, file)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := out[filepath.ToSlash(rel)]; !ok {
				t.Errorf("%s is stale", rel)
			}
		}
	}
}
