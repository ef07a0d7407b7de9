// Command release builds the programs of a release:
//
//	go run ./internal/release -version v0.1.0
//
// writes dist/gosched-v0.1.0-OS-ARCH for every platform, beside it what it is made
// of (.cdx.json) and a Python wheel, the wheel of the kernel for browsers, and
// dist/SHA256SUMS.
// The version must have an entry in CHANGELOG.md. The same tree and the same Go
// make the same programs and wheels, byte for byte, anywhere. On Linux the programs are static; on macOS they
// need the system's own library and nothing else.
package main

import (
	"context"
	"crypto/sha256"
	"debug/elf"
	"debug/macho"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/gosched/gosched/internal/toolchain"
)

// platforms are those that gosched runs on.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, args []string) error {
	set := flag.NewFlagSet("release", flag.ContinueOnError)
	version := set.String("version", "", "the `version`, such as v0.1.0")
	dist := set.String("out", "dist", "the `directory` to write to")
	wheels := set.Bool("wheels", true, "build Python wheels, too; that needs Python 3")
	only := set.String("platforms", strings.Join(platforms, ","), "the platforms, separated by commas")
	lite := set.Bool("lite", true, "build the wheel of the kernel for browsers, too, with the others")
	fast := set.Bool("fast", false, "pack that kernel in seconds: it gets larger")
	if err := set.Parse(args); err != nil {
		return err
	}
	asked := strings.Split(*only, ",")
	for _, platform := range asked {
		if !slices.Contains(platforms, platform) {
			return fmt.Errorf("gosched does not run on %q; it runs on %s", platform, strings.Join(platforms, ", "))
		}
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	changelog, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	if err := checkVersion(*version, string(changelog)); err != nil {
		return err
	}
	if err := os.MkdirAll(*dist, 0o755); err != nil {
		return err
	}
	var wheel *wheelBuilder
	if *wheels {
		if wheel, err = newWheelBuilder(ctx, out, root, *dist); err != nil {
			return err
		}
	}
	var sums strings.Builder
	for _, platform := range asked {
		goos, goarch, _ := strings.Cut(platform, "/")
		name := fmt.Sprintf("gosched-%s-%s-%s", *version, goos, goarch)
		path, err := filepath.Abs(filepath.Join(*dist, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "building %s\n", name)
		if err := build(ctx, root, path, *version, goos, goarch); err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		if err := checkProgram(path, goos, goarch); err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		materials, err := bill(ctx, root, path, *version)
		if err != nil {
			return fmt.Errorf("%s: %w", platform, err)
		}
		made := []string{path, materials}
		if wheel != nil {
			path, err := wheel.build(ctx, path, *version, goos, goarch)
			if err != nil {
				return fmt.Errorf("%s: %w", platform, err)
			}
			made = append(made, path)
		}
		if err := addSums(&sums, made...); err != nil {
			return err
		}
	}
	if wheel != nil && *lite {
		fmt.Fprintln(out, "building the kernel for browsers")
		path, err := wheel.buildExtension(ctx, *version, *fast)
		if err != nil {
			return fmt.Errorf("js/wasm: %w", err)
		}
		if err := addSums(&sums, path); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(*dist, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// addSums adds lines as sha256sum writes them.
func addSums(sums *strings.Builder, paths ...string) error {
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sums, "%x  %s\n", sha256.Sum256(content), filepath.Base(path))
	}
	return nil
}

func moduleRoot(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("ask go where the module is: %w", err)
	}
	path := strings.TrimSpace(string(mod))
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(content), "module github.com/gosched/gosched\n") {
		return "", errors.New("run this in the checkout: go run ./internal/release")
	}
	return filepath.Dir(path), nil
}

var validVersion = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$`)

// checkVersion asks for an entry "## [0.1.0]" in the changelog.
func checkVersion(version, changelog string) error {
	if !validVersion.MatchString(version) {
		return fmt.Errorf("-version %q is not a version; it looks like v0.1.0", version)
	}
	heading := "## [" + strings.TrimPrefix(version, "v") + "]"
	for line := range strings.Lines(changelog) {
		if strings.HasPrefix(line, heading) {
			return nil
		}
	}
	return fmt.Errorf("CHANGELOG.md has no entry for %s: rename its [Unreleased] to %q with the date", version, heading)
}

// build builds one program.
func build(ctx context.Context, root, path, version, goos, goarch string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X main.release="+version, "-o", path, "./cmd/gosched")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch, "GOEXPERIMENT="+toolchain.LeakExperiment(ctx, root))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// checkProgram makes sure that a program is for its platform and needs nothing
// that may not be there.
func checkProgram(path, goos, goarch string) error {
	switch goos {
	case "linux":
		file, err := elf.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[goarch]
		if file.Machine != want {
			return fmt.Errorf("the program is for %v", file.Machine)
		}
		for _, segment := range file.Progs {
			if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
				return errors.New("the program is not static")
			}
		}
	case "darwin":
		file, err := macho.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		want := map[string]macho.Cpu{"amd64": macho.CpuAmd64, "arm64": macho.CpuArm64}[goarch]
		if file.Cpu != want {
			return fmt.Errorf("the program is for %v", file.Cpu)
		}
		libraries, err := file.ImportedLibraries()
		if err != nil {
			return err
		}
		for _, library := range libraries {
			if !strings.HasPrefix(library, "/usr/lib/") && !strings.HasPrefix(library, "/System/Library/") {
				return fmt.Errorf("the program needs %s", library)
			}
		}
	default:
		return fmt.Errorf("how to check programs for %s is not known", goos)
	}
	return nil
}
