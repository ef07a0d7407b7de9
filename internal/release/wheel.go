package main

import (
	"context"
	"debug/macho"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/gosched/gosched/install"
)

// A wheelBuilder makes wheels of programs, with the tools that
// install/wheel/requirements.txt pins.
type wheelBuilder struct {
	root, dist string
	env        install.Environment
}

// newWheelBuilder makes sure that the tools are there.
func newWheelBuilder(ctx context.Context, out io.Writer, root, dist string) (*wheelBuilder, error) {
	requirements, err := os.ReadFile(filepath.Join(root, "install", "wheel", "requirements.txt"))
	if err != nil {
		return nil, err
	}
	b := &wheelBuilder{root: root, dist: dist, env: install.Environment{
		Dir:          filepath.Join(root, ".venv", "wheel"),
		Requirements: requirements,
	}}
	if b.env.Ready() {
		return b, nil
	}
	host := install.ThisHost()
	python, err := host.FindPython(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(out, "getting the tools that build wheels")
	return b, b.env.Make(ctx, host, python, func(string) {})
}

// build makes the wheel of a program and returns its path.
func (b *wheelBuilder) build(ctx context.Context, program, version, goos, goarch string) (path string, err error) {
	tag, err := wheelTag(program, goos, goarch)
	if err != nil {
		return "", err
	}
	stage, err := os.MkdirTemp("", "gosched-wheel-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	if err := b.layOut(stage, program, version); err != nil {
		return "", err
	}
	return b.pack(ctx, stage, filepath.Join("install", "wheel"), tag, version)
}

// buildExtension makes the wheel of the kernel for browsers and returns its path.
func (b *wheelBuilder) buildExtension(ctx context.Context, version string, fast bool) (path string, err error) {
	stage, err := os.MkdirTemp("", "gosched-wheel-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	to := filepath.Join(stage, "share", "jupyter", "labextensions", "jupyterlite-gosched")
	cmd := exec.CommandContext(ctx, "go", "run", "./internal/site", "-extension", "-version", version, "-out", to, "-fast="+strconv.FormatBool(fast))
	cmd.Dir = b.root
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the extension: %w\n%s", err, said)
	}
	return b.pack(ctx, stage, filepath.Join("install", "jupyterlite", "wheel"), "py3-none-any", version)
}

// pack makes a wheel of what lies in stage, as a folder of the repository describes
// it, and returns its path.
func (b *wheelBuilder) pack(ctx context.Context, stage, project, tag, version string) (string, error) {
	for _, from := range []string{
		filepath.Join(project, "pyproject.toml"),
		filepath.Join(project, "README.md"),
		filepath.Join("install", "wheel", "hatch_build.py"),
	} {
		content, err := os.ReadFile(filepath.Join(b.root, from))
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(stage, filepath.Base(from)), content, 0o644); err != nil {
			return "", err
		}
	}
	to := filepath.Join(stage, "dist")
	cmd := exec.CommandContext(ctx, b.env.Bin("python"), "-m", "build", "--wheel", "--no-isolation", "--outdir", to, stage)
	cmd.Env = append(os.Environ(), "GOSCHED_WHEEL_TAG="+tag, "GOSCHED_WHEEL_VERSION="+pythonVersion(version))
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the wheel: %w\n%s", err, said)
	}
	made, err := filepath.Glob(filepath.Join(to, "*.whl"))
	if err != nil || len(made) != 1 {
		return "", fmt.Errorf("building the wheel made %q, %w", made, err)
	}
	content, err := os.ReadFile(made[0])
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dist, filepath.Base(made[0]))
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return "", err
	}
	return path, b.check(ctx, path, filepath.Join(b.root, project, "pyproject.toml"))
}

// layOut writes what the wheel is made of: the kernelspecs find the program in
// the bin directory of whatever environment they are installed into.
func (b *wheelBuilder) layOut(stage, program, version string) error {
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	bin := filepath.Join(stage, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(bin, "gosched"), content, 0o755); err != nil {
		return err
	}
	kernels := install.KernelsDir(filepath.Join(stage, "share", "jupyter"))
	for _, k := range []install.Kernelspec{
		{Name: install.DefaultName, DisplayName: install.DefaultDisplayName},
		{Name: install.YaegiName, DisplayName: install.YaegiDisplayName, Engine: "yaegi"},
	} {
		k.Executable, k.Version = install.BesideKernelspec, version
		if _, err := k.Install(kernels); err != nil {
			return err
		}
	}
	return nil
}

// check has Python's own tools look at a wheel.
func (b *wheelBuilder) check(ctx context.Context, path, config string) error {
	for _, args := range [][]string{
		{"twine", "check", "--strict", path},
		{"check-wheel-contents", "--config", config, path},
	} {
		if said, err := exec.CommandContext(ctx, b.env.Bin(args[0]), args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", args[0], err, said)
		}
	}
	return nil
}

var prerelease = regexp.MustCompile(`-(alpha|beta|rc)\.?(\d+)$`)

// pythonVersion is a version as Python writes it
// (https://packaging.python.org/en/latest/specifications/version-specifiers/).
func pythonVersion(version string) string {
	return prerelease.ReplaceAllStringFunc(strings.TrimPrefix(version, "v"), func(s string) string {
		m := prerelease.FindStringSubmatch(s)
		return map[string]string{"alpha": "a", "beta": "b", "rc": "rc"}[m[1]] + m[2]
	})
}

// wheelTag says which systems a program runs on, as wheels are named
// (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/).
// On Linux the programs are static, so that they need neither C library, and
// glibc and musl are both fine.
func wheelTag(program, goos, goarch string) (string, error) {
	switch goos {
	case "linux":
		arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[goarch]
		return fmt.Sprintf("py3-none-manylinux_2_17_%[1]s.manylinux2014_%[1]s.musllinux_1_1_%[1]s", arch), nil
	case "darwin":
		major, minor, err := oldestMac(program)
		if err != nil {
			return "", err
		}
		arch := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[goarch]
		return fmt.Sprintf("py3-none-macosx_%d_%d_%s", major, minor, arch), nil
	}
	return "", fmt.Errorf("how wheels for %s are named is not known", goos)
}

// oldestMac reads the oldest macOS that a program runs on from its
// LC_BUILD_VERSION (mach-o/loader.h).
func oldestMac(program string) (major, minor int, err error) {
	const buildVersion = 0x32
	file, err := macho.Open(program)
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	for _, load := range file.Loads {
		raw := load.Raw()
		if len(raw) >= 16 && file.ByteOrder.Uint32(raw) == buildVersion {
			version := file.ByteOrder.Uint32(raw[12:])
			return int(version >> 16), int(version >> 8 & 0xff), nil
		}
	}
	return 0, 0, errors.New("the program does not say which macOS it needs")
}
