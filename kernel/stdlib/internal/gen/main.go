// Gen writes the tables that let interpreted code use compiled-in packages:
// symbols, type data, documentation and the sources of generic code, for the
// Go release that runs it and for every platform the kernel is built for.
//
// Everything again, for the release in use:
//
//	go generate ./kernel/stdlib
//
// A kernel with more modules in it: add each with its version, then build.
// All its importable packages are bound, for good: the list of packages is
// kept in kernel/stdlib/packages.txt.
//
//	go run ./kernel/stdlib/internal/gen -module github.com/google/go-cmp@v0.7.0
//	go build ./cmd/gosched
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

// platforms are what the kernel is built for.
var platforms = []platform{
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
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
	flag.Var(&modules, "module", "bind the packages of `path@version` too; may be given several times")
	dir := flag.String("dir", "", "the stdlib package's `folder` (default: kernel/stdlib of the module around the current folder)")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q; modules are given as -module path@version", flag.Arg(0))
	}
	if err := run(*dir, modules); err != nil {
		log.Fatal(err)
	}
}

func run(dir string, modules []string) error {
	if dir == "" {
		root, err := goTool("list", "-m", "-f", "{{.Dir}}")
		if err != nil {
			return err
		}
		dir = filepath.Join(strings.TrimSpace(root), "kernel", "stdlib")
	}
	if _, err := os.Stat(filepath.Join(dir, "packages.txt")); err != nil {
		return fmt.Errorf("%s is not the stdlib package's folder: %w", dir, err)
	}
	for _, m := range modules {
		if err := addModule(dir, m); err != nil {
			return fmt.Errorf("adding module %s: %w", m, err)
		}
	}
	extra, err := readPackageList(filepath.Join(dir, "packages.txt"))
	if err != nil {
		return err
	}
	out, err := generate(extra, platforms)
	if err != nil {
		return err
	}
	return out.write(dir)
}

// generate makes every generated file, in memory. What does not depend on the
// platform is made from what the first one sees.
func generate(extra []string, platforms []platform) (output, error) {
	std, err := standardPackages()
	if err != nil {
		return nil, err
	}
	worlds := make([]*world, len(platforms))
	for i, p := range platforms {
		if worlds[i], err = loadWorld(p, std, extra); err != nil {
			return nil, fmt.Errorf("loading for %s: %w", p, err)
		}
	}
	out := make(output)
	if err := writeSymbols(out, worlds); err != nil {
		return nil, fmt.Errorf("symbols: %w", err)
	}
	if err := writeInstances(out, worlds[0]); err != nil {
		return nil, fmt.Errorf("instances: %w", err)
	}
	if err := writeTypes(out, worlds); err != nil {
		return nil, fmt.Errorf("types: %w", err)
	}
	if err := writeDocs(out, worlds[0]); err != nil {
		return nil, fmt.Errorf("documentation: %w", err)
	}
	if err := writeNames(out, worlds[0]); err != nil {
		return nil, fmt.Errorf("package names: %w", err)
	}
	if err := writeSources(out, worlds); err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	return out, nil
}
