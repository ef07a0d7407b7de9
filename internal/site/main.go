// Command site builds the course as a static site: JupyterLite with the kernel in
// the browser.
//
//	go run ./internal/site -out dist/site
//
// Any web server can serve what it writes. It needs Python, and makes an
// environment with the packages of install/jupyterlite/requirements.txt for itself.
// With -extension it writes the extension alone, kernel included, which `jupyter
// lite build` takes from a folder of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/andybalholm/brotli"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/notebooks"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "site:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, args []string) error {
	set := flag.NewFlagSet("site", flag.ContinueOnError)
	dir := set.String("out", filepath.Join("dist", "site"), "the `folder` to write to")
	version := set.String("version", "devel", "what the kernel says its `version` is")
	contents := set.String("contents", "notebooks", "the `folder` of the notebooks")
	extension := set.Bool("extension", false, "write the extension alone")
	fast := set.Bool("fast", false, "pack the kernel in seconds: it gets larger")
	python := set.String("python", "", "a `Python` with what install/jupyterlite/requirements.txt lists; by default an environment is made")
	if err := set.Parse(args); err != nil {
		return err
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	b := &builder{root: root, out: out, quality: packBest}
	if *fast {
		b.quality = packFast
	}
	target, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	if *extension {
		return b.extension(ctx, target, *version)
	}
	folder, err := filepath.Abs(*contents)
	if err != nil {
		return err
	}
	return b.site(ctx, target, folder, *version, *python)
}

func moduleRoot(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("asking go where the module is: %w", err)
	}
	path := strings.TrimSpace(string(mod))
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(content), "module github.com/gosched/gosched\n") {
		return "", errors.New("run this in the checkout: go run ./internal/site")
	}
	return filepath.Dir(path), nil
}

// A builder builds from a checkout.
type builder struct {
	root    string
	out     io.Writer
	quality int // of packing
}

func (b *builder) path(elem ...string) string {
	return filepath.Join(append([]string{b.root}, elem...)...)
}

// site writes the site to an empty folder or over an older one.
func (b *builder) site(ctx context.Context, target, folder, version, python string) error {
	// Only notebooks: beside them are what makes and tests them.
	names, err := filepath.Glob(filepath.Join(folder, "*.ipynb"))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("there are no notebooks in %s", folder)
	}
	if python == "" {
		env, err := b.environment(ctx)
		if err != nil {
			return err
		}
		python = env.Bin("python")
	}
	stage, err := os.MkdirTemp("", "gosched-site-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	ext := filepath.Join(stage, "jupyterlite-gosched")
	if err := b.extension(ctx, ext, version); err != nil {
		return err
	}
	lite := filepath.Join(stage, "lite")
	for from, to := range map[string]string{
		b.path("install", "jupyterlite", "jupyter-lite.json"):                               "jupyter-lite.json",
		b.path("install", "image", "share", "jupyter", "lab", "settings", "overrides.json"): "overrides.json",
	} {
		if err := copyFile(from, filepath.Join(lite, to)); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := copyBlank(name, filepath.Join(lite, "files", filepath.Base(name))); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(target); err != nil {
		return fmt.Errorf("removing the older site: %w", err)
	}
	fmt.Fprintln(b.out, "building the site")
	cmd := exec.CommandContext(ctx, python, "-m", "jupyterlite_core", "build", "--no-sourcemaps", "--lite-dir", lite, "--output-dir", target,
		"--LiteBuildConfig.federated_extensions="+ext)
	cmd.Dir = lite
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("jupyter lite build: %w\n%s", err, text)
	}
	if err := b.offline(target); err != nil {
		return fmt.Errorf("preparing the site for use without a network: %w", err)
	}
	fmt.Fprintf(b.out, "the site is in %s; to look at it: %s -m http.server -d %s 8000\n", target, python, target)
	return nil
}

func (b *builder) environment(ctx context.Context) (install.Environment, error) {
	requirements, err := os.ReadFile(b.path("install", "jupyterlite", "requirements.txt"))
	if err != nil {
		return install.Environment{}, err
	}
	env := install.Environment{Dir: b.path(".venv", "site"), Requirements: requirements}
	if env.Ready() {
		return env, nil
	}
	host := install.ThisHost()
	python, err := host.FindPython(ctx)
	if err != nil {
		return env, err
	}
	fmt.Fprintln(b.out, "getting JupyterLite")
	return env, env.Make(ctx, host, python, func(string) {})
}

// extension writes the extension with the kernel in it.
func (b *builder) extension(ctx context.Context, target, version string) error {
	if err := os.RemoveAll(target); err != nil {
		return fmt.Errorf("removing the older extension: %w", err)
	}
	if err := os.CopyFS(target, os.DirFS(b.path("install", "jupyterlite", "labextension"))); err != nil {
		return fmt.Errorf("copying the extension: %w", err)
	}
	kernel := filepath.Join(target, "kernel")
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("asking go where it is: %w", err)
	}
	for from, to := range map[string]string{
		filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"): "wasm_exec.js",
		b.path("install", "logo", "logo-svg.svg"):                                       "logo-svg.svg",
	} {
		if err := copyFile(from, filepath.Join(kernel, to)); err != nil {
			return err
		}
	}
	fmt.Fprintln(b.out, "compiling the kernel")
	wasm := filepath.Join(kernel, "gosched.wasm")
	stage, err := os.MkdirTemp("", "gosched-wasm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	modfile, err := b.lightModule(ctx, stage)
	if err != nil {
		return err
	}
	overlay, err := b.library(ctx, filepath.Join(stage, "library"), filepath.Join(kernel, libraryName))
	if err != nil {
		return err
	}
	// With minimal, package plot draws nothing but SVG, which is all that charts are.
	cmd := exec.CommandContext(ctx, "go", "build", "-modfile", modfile, "-overlay", overlay, "-tags", "minimal", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X main.version="+version, "-o", wasm, "./cmd/gosched-wasm")
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOEXPERIMENT=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling the kernel: %w\n%s", err, text)
	}
	size, err := pack(wasm, b.quality)
	if err != nil {
		return fmt.Errorf("packing the kernel: %w", err)
	}
	fmt.Fprintf(b.out, "the kernel is %.1f MB\n", float64(size)/1e6)
	return nil
}

// How well the kernel is packed: best takes minutes.
const (
	packFast = 6
	packBest = brotli.BestCompression
	window   = 24 // the logarithm of how far back may be referred to
)

// pack replaces a file by its packed form, with .br at the end of its name.
func pack(file string, quality int) (size int64, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	f, err := os.Create(file + ".br")
	if err != nil {
		return 0, err
	}
	w := brotli.NewWriterOptions(f, brotli.WriterOptions{Quality: quality, LGWin: window})
	_, err = w.Write(data)
	err = errors.Join(err, w.Close())
	info, statErr := f.Stat()
	if err := errors.Join(err, statErr, f.Close()); err != nil {
		return 0, err
	}
	return info.Size(), os.Remove(file)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return put(to, data)
}

// copyBlank copies a notebook for people who are to run it.
func copyBlank(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if data, err = notebooks.Blank(data); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return put(to, data)
}

func put(to string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
