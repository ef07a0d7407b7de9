// Gen writes the tables that let interpreted code use compiled-in packages:
// symbols, type data, documentation and the sources of generic code, for every
// Go release and every platform the kernel is built for.
//
// Everything again, with the toolchain of each release in turn:
//
//	go generate ./kernel/stdlib
//
// Only what belongs to the release in use, which needs no other toolchain:
//
//	go run ./kernel/stdlib/internal/gen -here
//
// A kernel with more modules in it: add each with its version, then build with
// the same Go. All its importable packages are bound, for good: the list of
// packages is kept in kernel/stdlib/packages.txt.
//
//	go run ./kernel/stdlib/internal/gen -module github.com/google/go-cmp@v0.7.0
//	go build ./cmd/gosched
//
// What is the same for all releases or all platforms is written once; see
// merge.go.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/toolchain"
)

// platforms are what the kernel is built for.
var platforms = []platform{
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"linux", "riscv64"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"js", "wasm"},
}

type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "_" + p.arch }

// stringList is a flag that may be given several times.
type stringList []string

func (l *stringList) String() string     { return strings.Join(*l, " ") }
func (l *stringList) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	var modules stringList
	flag.Var(&modules, "module", "bind the packages of `path@version` too, for the Go release in use; may be given several times")
	here := flag.Bool("here", false, "write only what belongs to the Go release in use")
	dir := flag.String("dir", "", "the stdlib package's `folder` (default: kernel/stdlib of the module around the current folder)")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q; modules are given as -module path@version", flag.Arg(0))
	}
	if err := run(*dir, modules, *here || len(modules) > 0); err != nil {
		log.Fatal(err)
	}
}

func run(dir string, modules []string, here bool) error {
	if dir == "" {
		root, err := goTool("list", "-m", "-f", "{{.Dir}}")
		if err != nil {
			return err
		}
		dir = filepath.Join(strings.TrimSpace(root), "kernel", "stdlib")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "packages.txt")); err != nil {
		return fmt.Errorf("%s is not the stdlib package's folder: %w", dir, err)
	}
	release, err := releaseInUse()
	if err != nil {
		return err
	}
	for _, m := range modules {
		if err := addModule(dir, m); err != nil {
			return fmt.Errorf("adding module %s: %w", m, err)
		}
	}
	if err := generateHere(dir, release); err != nil {
		return err
	}
	for _, version := range toolchain.Versions() {
		switch other := toolchain.Release(version); {
		case other == release:
		case here:
			if len(modules) > 0 {
				log.Printf("a kernel built with %s has the new packages; for %s: go generate ./kernel/stdlib", release, other)
			}
		default:
			if err := generateWith(dir, version); err != nil {
				return fmt.Errorf("with %s: %w", version, err)
			}
		}
	}
	return nil
}

// releaseInUse returns the release of the go command, if gosched supports it.
func releaseInUse() (string, error) {
	version, err := goTool("env", "GOVERSION")
	if err != nil {
		return "", err
	}
	release := toolchain.Release(strings.TrimSpace(version))
	if !slices.Contains(toolchain.Releases(), release) {
		return "", fmt.Errorf("the go command is %s; tables are made for %s: docs/go-release.md says how to add a release",
			strings.TrimSpace(version), strings.Join(toolchain.Releases(), " and "))
	}
	return release, nil
}

// generateHere brings what belongs to the release in use up to date, and
// leaves what the other releases have.
func generateHere(dir, release string) error {
	extra, err := readPackageList(filepath.Join(dir, "packages.txt"))
	if err != nil {
		return err
	}
	made, err := generate(extra, release, platforms)
	if err != nil {
		return err
	}
	tree, err := readTree(dir)
	if err != nil {
		return err
	}
	for p, c := range made {
		tree[target{release, p}] = c
	}
	out, err := merge(tree)
	if err != nil {
		return err
	}
	return out.write(dir)
}

// generateWith does the same with another toolchain.
func generateWith(dir, version string) error {
	cmd := exec.Command("go", "run", "./internal/gen", "-here", "-dir", dir)
	cmd.Dir = dir
	// A go command that runs this one has set what its children would take for
	// their own.
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+version, "GOROOT=")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// generate makes what a kernel has in it that is built with the release in
// use, for each platform. Documentation is made from what the first platform
// sees.
func generate(extra []string, release string, platforms []platform) (map[platform]content, error) {
	std, err := standardPackages()
	if err != nil {
		return nil, err
	}
	made := make(map[platform]content)
	for i, p := range platforms {
		w, err := loadWorld(p, std, extra)
		if err != nil {
			return nil, fmt.Errorf("loading for %s: %w", p, err)
		}
		c := newContent()
		if err := writeSymbols(c, w); err != nil {
			return nil, fmt.Errorf("symbols: %w", err)
		}
		if err := writeInstances(c, w); err != nil {
			return nil, fmt.Errorf("instances: %w", err)
		}
		if err := writeTypes(c, w); err != nil {
			return nil, fmt.Errorf("types: %w", err)
		}
		if err := writeNames(c, w, release); err != nil {
			return nil, fmt.Errorf("package names: %w", err)
		}
		if err := writeSources(c, w); err != nil {
			return nil, fmt.Errorf("sources: %w", err)
		}
		if i == 0 {
			if err := writeDocs(c, w); err != nil {
				return nil, fmt.Errorf("documentation: %w", err)
			}
		} else {
			for name, data := range made[platforms[0]].data {
				if strings.HasPrefix(name, docsEntry) {
					c.data[name] = data
				}
			}
		}
		made[p] = c
	}
	return made, nil
}
