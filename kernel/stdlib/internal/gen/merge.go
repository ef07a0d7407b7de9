package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/toolchain"
)

// A target is what a kernel is built with and for.
type target struct {
	release  string // "go1.26"
	platform platform
}

// A tree is the content for every target.
type tree map[target]content

// merge lays the content of all targets out in files, such that what they
// share is there once.
//
// A Go file that all targets have alike is one file. Otherwise there is a file
// for each run of releases that have it alike, whose name tells the first
// release of the run and whose build constraint tells both ends, or one for
// each platform, or both: zz_os_table_go127_linux_arm64.go. The last run is
// open, so that a release that is not known yet gets the newest tables.
//
// Entries of archives are in data/all.zip, data/RELEASE.zip, data/PLATFORM.zip
// or data/RELEASE_PLATFORM.zip. A Go file for each embeds it.
func merge(t tree) (output, error) {
	out := make(output)
	for name := range t.names(func(c content) map[string][]byte { return c.files }) {
		if !strings.HasSuffix(name, ".go") {
			c := t[target{toolchain.Releases()[len(toolchain.Releases())-1], platforms[0]}]
			out[name] = c.files[name]
			continue
		}
		for _, part := range t.parts(func(c content) []byte { return c.files[name] }) {
			out[part.fileName(name)] = part.constrain(part.data)
		}
	}
	archives := make(map[layer]map[string][]byte)
	for _, l := range layers() {
		archives[l] = make(map[string][]byte)
	}
	for name := range t.names(func(c content) map[string][]byte { return c.data }) {
		for _, l := range t.layersOf(func(c content) []byte { return c.data[name] }) {
			archives[l.layer][name] = l.data
		}
	}
	for l, entries := range archives {
		file := "data/" + l.String() + ".zip"
		zipped, err := zipFile(entries)
		if err != nil {
			return nil, fmt.Errorf("archive %s: %w", file, err)
		}
		out[file] = zipped
		p := part{first: l.release, last: l.release, platform: l.platform}
		c := newContent()
		text := fmt.Sprintf("package stdlib\n\nimport _ \"embed\"\n\n//go:embed %s\nvar %s string\n", file, l.variable())
		if err := c.goFile("", text); err != nil {
			return nil, err
		}
		out[p.fileName("zz_data.go")] = p.constrain(c.files[""])
	}
	return out, nil
}

func (t tree) names(of func(content) map[string][]byte) map[string]bool {
	names := make(map[string]bool)
	for _, c := range t {
		for name := range of(c) {
			names[name] = true
		}
	}
	return names
}

// A part is a file that is for some targets: for the releases from first to
// last, or all if they are empty, and for a platform, or all.
type part struct {
	first, last string
	platform    platform
	data        []byte
}

// parts divides what the targets have: as few files as will do. What a target
// does not have is nil.
func (t tree) parts(of func(content) []byte) []part {
	perRelease, perPlatform := t.sameOnPlatforms(of), t.sameInReleases(of)
	switch {
	case perRelease:
		return t.runs(platforms[0], platform{}, of)
	case perPlatform:
		var ps []part
		for _, p := range platforms {
			if data := of(t[target{toolchain.Releases()[0], p}]); data != nil {
				ps = append(ps, part{platform: p, data: data})
			}
		}
		return ps
	}
	var ps []part
	for _, p := range platforms {
		ps = append(ps, t.runs(p, p, of)...)
	}
	return ps
}

// runs divides the releases by what platform p has in them, for the platform
// named.
func (t tree) runs(p, named platform, of func(content) []byte) []part {
	var ps []part
	releases := toolchain.Releases()
	for i := 0; i < len(releases); {
		data, j := of(t[target{releases[i], p}]), i+1
		for j < len(releases) && same(of(t[target{releases[j], p}]), data) {
			j++
		}
		if data != nil {
			run := part{first: releases[i], last: releases[j-1], platform: named, data: data}
			if i == 0 && j == len(releases) {
				run.first, run.last = "", ""
			}
			ps = append(ps, run)
		}
		i = j
	}
	return ps
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

// sameOnPlatforms reports whether in each release the platforms agree.
func (t tree) sameOnPlatforms(of func(content) []byte) bool {
	for tg, c := range t {
		if !same(of(c), of(t[target{tg.release, platforms[0]}])) {
			return false
		}
	}
	return true
}

// sameInReleases reports whether on each platform the releases agree.
func (t tree) sameInReleases(of func(content) []byte) bool {
	for tg, c := range t {
		if !same(of(c), of(t[target{toolchain.Releases()[0], tg.platform}])) {
			return false
		}
	}
	return true
}

// fileName adds to a Go file's name what the part is for.
func (p part) fileName(name string) string {
	name = strings.TrimSuffix(name, ".go")
	if p.first != "" {
		name += "_" + tag(p.first)
	}
	if p.platform != (platform{}) {
		name += "_" + p.platform.String()
	}
	return name + ".go"
}

// tag is how file names tell a release: go127.
func tag(release string) string { return strings.Replace(release, ".", "", 1) }

// constraint says which releases the part is for, or is empty for all. The
// platform is in the file's name.
func (p part) constraint() string {
	if p.first == "" {
		return ""
	}
	releases := toolchain.Releases()
	var terms []string
	if p.first != releases[0] {
		terms = append(terms, p.first)
	}
	if next := slices.Index(releases, p.last) + 1; next < len(releases) {
		terms = append(terms, "!"+releases[next])
	}
	return strings.Join(terms, " && ")
}

// constrain adds the build constraint to a generated file.
func (p part) constrain(src []byte) []byte {
	if c := p.constraint(); c != "" {
		return bytes.Replace(src, []byte(header), []byte(header+"//go:build "+c+"\n\n"), 1)
	}
	return src
}

// A layer is for one release, or all if it is empty, and for one platform, or
// all.
type layer struct {
	release  string
	platform platform
}

// layers returns all layers.
func layers() []layer {
	ls := []layer{{}}
	for _, p := range platforms {
		ls = append(ls, layer{platform: p})
	}
	for _, r := range toolchain.Releases() {
		ls = append(ls, layer{release: r})
		for _, p := range platforms {
			ls = append(ls, layer{r, p})
		}
	}
	return ls
}

func (l layer) String() string {
	switch {
	case l == layer{}:
		return "all"
	case l.platform == platform{}:
		return l.release
	case l.release == "":
		return l.platform.String()
	}
	return l.release + "_" + l.platform.String()
}

// variable is what a kernel calls its archive of the layer.
func (l layer) variable() string {
	switch {
	case l == layer{}:
		return "sharedData"
	case l.platform == platform{}:
		return "releaseData"
	case l.release == "":
		return "platformData"
	}
	return "releasePlatformData"
}

type layered struct {
	layer layer
	data  []byte
}

// layersOf says which layers have an entry.
func (t tree) layersOf(of func(content) []byte) []layered {
	perRelease, perPlatform := t.sameOnPlatforms(of), t.sameInReleases(of)
	var ls []layered
	for _, l := range layers() {
		at := target(l)
		if at.release == "" {
			at.release = toolchain.Releases()[0]
		}
		if at.platform == (platform{}) {
			at.platform = platforms[0]
		}
		data := of(t[at])
		if data != nil && (l.platform == platform{}) == perRelease && (l.release == "") == perPlatform {
			ls = append(ls, layered{l, data})
		}
	}
	return ls
}
