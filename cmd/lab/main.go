// Command lab opens the notebooks in JupyterLab, in a checkout:
//
//	go run ./cmd/lab [flags of gosched lab and of JupyterLab]
//
// It is `gosched lab`, after it has built gosched: being small itself, it can say from
// the beginning how far the build is, and it builds once, with what %leaks needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/internal/gobuild"
	"github.com/gosched/gosched/internal/toolchain"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := lab(ctx, install.ThisHost(), os.Stderr, os.Args[1:], syscall.Exec)
	fmt.Fprintln(os.Stderr, "lab:", err)
	os.Exit(1)
}

// lab becomes gosched, or returns why it cannot.
func lab(ctx context.Context, host install.Host, progress io.Writer, args []string, become func(program string, args, environ []string) error) error {
	program, err := build(ctx, host, progress)
	if err != nil {
		return err
	}
	return become(program, append([]string{"gosched", "lab"}, args...), host.Environ)
}

// build builds the checkout's gosched into the cache folder, and returns its file.
func build(ctx context.Context, host install.Host, progress io.Writer) (string, error) {
	goCommand := host.LookPath("go")
	if goCommand == "" {
		return "", errors.New("there is no go command on your PATH")
	}
	mod, err := exec.CommandContext(ctx, goCommand, "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("ask go where the checkout is: %w", err)
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	program := filepath.Join(host.CacheDir(), "lab", "gosched")
	file, ok := progress.(*os.File)
	return program, gobuild.Build(ctx, gobuild.Config{
		Go: goCommand, Dir: root, Package: "./cmd/gosched", Out: program, Name: "the kernel",
		Environ:  append(host.Environ, "GOEXPERIMENT="+toolchain.LeakExperiment(ctx, root)),
		Progress: progress, Terminal: ok && term.IsTerminal(int(file.Fd())),
	})
}
