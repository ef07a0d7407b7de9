package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

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
		Engine:   "golang.org/x/tools/go/ssa",
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Leaks:    findsLeaks(),
	}
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
			if module.Path == "golang.org/x/tools" {
				info.Engine += " " + module.Version
			}
		}
	}
	if info.Gosched == "" {
		info.Gosched = "devel"
	}
	return info
}

func runVersion(_ context.Context, p *process, args []string) error {
	set := p.flags("version", "Usage: gosched version [--json]\n\nSay which gosched this is, and which Go its cells are written in.")
	asJSON := set.Bool("json", false, "print it for programs")
	if err := parseNone(set, args); err != nil {
		return err
	}
	info := version()
	if *asJSON {
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
	_, err := fmt.Fprintf(p.stdout, "gosched %s%s\nGo %s, %s\nengine: %s\n%s\n", info.Gosched, commit, info.Go, info.Platform, info.Engine, leaks)
	return err
}
