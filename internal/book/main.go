// Book makes the course readable without a kernel: it runs every notebook in the real
// kernel, holds what the cells show against what they are expected to show, and makes
// HTML of them, with search, and with links that open each notebook in Binder.
//
//	go run ./internal/book                # writes dist/book/notebooks and dist/book/html
//	go run ./internal/book -o /tmp/book
//	go run ./internal/book -store         # writes what cells have shown into notebooks
//	go run ./internal/book -store notebooks/07-*.ipynb
//
// With -store what cells have shown is kept in the notebooks themselves, for who reads
// them on a web page; what is there already stays if it is still right.
//
// The HTML is Sphinx's, with MyST-NB and the Sphinx Book Theme, in the versions of
// requirements.txt; Mermaid draws the drawings, in the version of package-lock.json.
// Both are kept in .test/book. Links inside of the book are checked.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/gosched/gosched/internal/course"
	"github.com/gosched/gosched/internal/toolchain"
)

func main() {
	out := flag.String("o", filepath.Join("dist", "book"), "the `directory` to write to")
	program := flag.String("bin", os.Getenv("GOSCHED_TEST_BIN"), "the gosched `program` that runs the cells; built from this tree if not given")
	store := flag.Bool("store", false, "store what the cells of notebooks have shown, and make no book")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *program, *store, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "book:", err)
		os.Exit(1)
	}
}

// run runs notebooks, by default all, and makes the book in a directory, or stores them.
func run(ctx context.Context, out, program string, store bool, files []string) (err error) {
	root, err := checkout(ctx)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "gosched-book")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if program == "" {
		program = filepath.Join(work, "gosched")
		say("building gosched")
		build := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/gosched")
		build.Dir = root
		build.Env = append(os.Environ(), "GOEXPERIMENT="+toolchain.LeakExperiment(ctx, ""))
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build gosched: %w", err)
		}
	}
	if len(files) == 0 || !store {
		if files, err = filepath.Glob(filepath.Join(root, "notebooks", "*.ipynb")); err != nil {
			return err
		}
	}
	say("running %d notebooks", len(files))
	right := course.Compare
	if store {
		right = course.Storable
	}
	lessons, err := execute(ctx, program, files, right)
	if store {
		return errors.Join(err, storeAll(files, lessons))
	}
	if err != nil {
		return err
	}
	return makeBook(ctx, root, filepath.Join(work, "source"), out, lessons)
}

// makeBook writes the notebooks with their outputs and the HTML, which is made of source,
// a folder that may be thrown away.
func makeBook(ctx context.Context, root, source, out string, lessons []*lesson) error {
	if err := save(filepath.Join(out, "notebooks"), lessons); err != nil {
		return err
	}
	s := site{root: root, source: source, html: filepath.Join(out, "html")}
	if err := s.build(ctx, lessons); err != nil {
		return err
	}
	broken, checked, err := brokenLinks(s.html)
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		return fmt.Errorf("links that lead nowhere:\n%s", strings.Join(broken, "\n"))
	}
	say("%d links lead somewhere; the book begins at %s", checked, filepath.Join(s.html, "index.html"))
	return nil
}

// checkout is the tree around the working directory.
func checkout(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("ask go where the module is: %w", err)
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	if _, err := os.Stat(filepath.Join(root, "notebooks", "notebooks.go")); err != nil {
		return "", errors.New("run this in the checkout: go run ./internal/book")
	}
	return root, nil
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }
