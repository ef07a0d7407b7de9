package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/gosched/gosched/install"
)

//go:embed requirements.txt package.json package-lock.json
var locks embed.FS

//go:embed conf.py index.md book.css book.js
var frame embed.FS

// A site is the HTML of a book, and what it is made of.
type site struct {
	root         string // the checkout
	source, html string
}

// build makes the HTML of the lessons.
func (s site) build(ctx context.Context, lessons []*lesson) error {
	static := filepath.Join(s.source, "_static")
	if err := os.MkdirAll(static, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"conf.py", "index.md", "book.css", "book.js"} {
		dir := s.source
		if filepath.Dir(name) == "." && filepath.Ext(name) != ".py" && filepath.Ext(name) != ".md" {
			dir = static
		}
		if err := copyOut(frame, name, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	linked := targets(lessons)
	for _, l := range lessons {
		p, err := page(l, linked)
		if err != nil {
			return err
		}
		if err := p.WriteFile(filepath.Join(s.source, l.name+".ipynb")); err != nil {
			return err
		}
	}
	modules, err := s.modules(ctx)
	if err != nil {
		return err
	}
	mermaid, err := os.ReadFile(filepath.Join(modules, "mermaid", "dist", "mermaid.min.js"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(static, "mermaid.min.js"), mermaid, 0o644); err != nil {
		return err
	}
	env, err := s.python(ctx)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(s.html); err != nil {
		return err
	}
	say("making HTML")
	// Nothing may be amiss (-W), and all that is shall be said (--keep-going).
	sphinx := exec.CommandContext(ctx, env.Bin("sphinx-build"), "-q", "-W", "--keep-going", "-b", "html", "-j", "2",
		"-d", filepath.Join(s.source, "_doctrees"), s.source, s.html)
	if said, err := sphinx.CombinedOutput(); err != nil {
		return fmt.Errorf("make HTML: %w\n%s", err, said)
	}
	return nil
}

func copyOut(from embed.FS, name, to string) error {
	content, err := from.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// python is an environment with Sphinx.
func (s site) python(ctx context.Context) (install.Environment, error) {
	requirements, err := locks.ReadFile("requirements.txt")
	if err != nil {
		return install.Environment{}, err
	}
	env := install.Environment{Dir: filepath.Join(s.root, ".test", "book", "venv"), Requirements: requirements}
	if env.Ready() {
		return env, nil
	}
	host := install.ThisHost()
	python, err := host.FindPython(ctx)
	if err != nil {
		return env, err
	}
	return env, env.Make(ctx, host, python, func(what string) { say("%s", what) })
}

// modules is the folder with the packages of npm.
func (s site) modules(ctx context.Context) (string, error) {
	lock, err := locks.ReadFile("package-lock.json")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(lock)
	hash := []byte(hex.EncodeToString(sum[:]))
	dir := filepath.Join(s.root, ".test", "book", "npm")
	mark := filepath.Join(dir, "ready")
	if there, err := os.ReadFile(mark); err == nil && bytes.Equal(there, hash) {
		return filepath.Join(dir, "node_modules"), nil
	}
	npm := install.ThisHost().LookPath("npm")
	if npm == "" {
		return "", errors.New("npm is not installed: it brings Mermaid, which makes the drawings")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		if err := copyOut(locks, name, filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	say("fetching Mermaid")
	ci := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	ci.Dir = dir
	if said, err := ci.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w\n%s", err, said)
	}
	return filepath.Join(dir, "node_modules"), os.WriteFile(mark, hash, 0o644)
}
