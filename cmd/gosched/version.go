package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gosched/gosched/kernel"
)

// release is the version of a release build, set by the linker:
//
//	go build -ldflags '-X main.release=v1.2.3' ./cmd/gosched
//
// Without it the version is the module's, as `go install` records it.
var release string

// A versionInfo says what this program is made of.
type versionInfo struct {
	Gosched  string `json:"gosched"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from a tree with changes
	Go       string `json:"go"`                 // the release whose language cells are written in
	Engine   string `json:"engine"`
	Platform string `json:"platform"`
	Leaks    bool   `json:"leaks"` // %leaks can tell of every leaked goroutine
}

func version() versionInfo {
	info := versionInfo{
		Gosched:  release,
		Go:       kernel.GoRelease(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Leaks:    findsLeaks(),
	}
	ssa, yaegi := "", ""
	if build, ok := debug.ReadBuildInfo(); ok {
		if info.Gosched == "" && build.Main.Version != "(devel)" {
			info.Gosched = build.Main.Version
		}
		for _, setting := range build.Settings {
			switch setting.Key {
			case "vcs.revision":
				info.Commit = setting.Value
			case "vcs.modified":
				info.Modified = setting.Value == "true"
			}
		}
		for _, module := range build.Deps {
			switch module.Path {
			case "golang.org/x/tools":
				ssa = " " + module.Version
			case "github.com/traefik/yaegi":
				yaegi = " " + module.Version
			}
		}
	}
	info.Engine = "direct (golang.org/x/tools/go/ssa" + ssa + "), yaegi (github.com/traefik/yaegi" + yaegi + ")"
	if info.Gosched == "" {
		info.Gosched = "devel"
	}
	return info
}

// nextRelease is what a build between releases is on the way to.
const nextRelease = "v0.1.0"

// text is the version for people: "v1.2.3", and between releases, where Go makes
// one of a time and a commit, "v0.1.0-dev.20261124+2e98411e145b".
func (v versionInfo) text() string {
	if v.Gosched == "devel" {
		text := nextRelease + "-dev"
		if v.Commit != "" {
			text += "+" + v.Commit[:min(12, len(v.Commit))]
		}
		return text
	}
	bare, changed := strings.CutSuffix(v.Gosched, "+dirty")
	if !module.IsPseudoVersion(bare) {
		return v.Gosched
	}
	core, _, _ := strings.Cut(bare, "-") // the release after the last one
	if core == "v0.0.0" {
		core = nextRelease
	}
	text := core + "-dev"
	if at, err := module.PseudoVersionTime(bare); err == nil {
		text += at.Format(".20060102")
	}
	if rev, err := module.PseudoVersionRev(bare); err == nil {
		text += "+" + rev
	}
	if changed {
		text += ".changed"
	}
	return text
}

type versionCommand struct {
	JSON bool `name:"json" help:"Print it for programs."`
}

func (c *versionCommand) Run(p *process) error {
	info := version()
	if c.JSON {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(info)
	}
	commit := ""
	if info.Commit != "" {
		commit = fmt.Sprintf(" (commit %.12s", info.Commit)
		if info.Modified {
			commit += " with changes"
		}
		commit += ")"
	}
	leaks := "%leaks finds every leaked goroutine"
	if !info.Leaks {
		leaks = "%leaks finds few leaked goroutines; gosched doctor says why"
	}
	_, err := fmt.Fprintf(p.stdout, "gosched %s%s\nGo %s, %s\nengines: %s\n%s\n", info.text(), commit, info.Go, info.Platform, info.Engine, leaks)
	return err
}
