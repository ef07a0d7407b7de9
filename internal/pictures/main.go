// Pictures draws what the cells in its directory cells do, for README and
// docs/seeing.md: it runs each with %%trace and keeps the SVG of its output.
//
//	go run ./internal/pictures            # writes docs/seeing-NAME.svg
//	go run ./internal/pictures -o /tmp lock timeout
//
// The times, and what happens by chance, differ from run to run: look at the
// pictures before they are committed.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
)

//go:embed cells/*.cell
var cells embed.FS

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// run draws the cells of the given names, or all, and says which files it has written.
func run(args []string, out io.Writer) error {
	set := flag.NewFlagSet("pictures", flag.ContinueOnError)
	dir := set.String("o", "docs", "the `directory` to write to")
	if err := set.Parse(args); err != nil {
		return err
	}
	names := set.Args()
	if len(names) == 0 {
		files, err := cells.ReadDir("cells")
		if err != nil {
			return err
		}
		for _, f := range files {
			names = append(names, strings.TrimSuffix(f.Name(), ".cell"))
		}
	}
	for _, name := range names {
		source, err := cells.ReadFile(path.Join("cells", name+".cell"))
		if err != nil {
			return err
		}
		svg, err := draw(string(source))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		file := filepath.Join(*dir, "seeing-"+name+".svg")
		if err := os.WriteFile(file, []byte(svg), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, file)
	}
	return nil
}

// draw runs a cell in a session of its own and returns its picture.
func draw(source string) (string, error) {
	e, err := engine.New()
	if err != nil {
		return "", err
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out := &outputs{}
	r := e.Execute(ctx, session.Cell{ID: "1", Number: 1, Source: "%%trace\n" + source}, out)
	if r.Failure != nil {
		return "", fmt.Errorf("%s: %s", r.Failure.Name, r.Failure.Value)
	}
	e.Flush()
	return out.picture()
}

// outputs keep what a cell shows.
type outputs struct {
	mu  sync.Mutex
	all []session.Bundle
}

func (o *outputs) Emit(ev session.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if d, ok := ev.(session.Display); ok {
		o.all = append(o.all, d.Bundle)
	}
}

func (o *outputs) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// picture is the last SVG that was shown.
func (o *outputs) picture() (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, b := range slices.Backward(o.all) {
		if svg, ok := b.Data["image/svg+xml"].(string); ok {
			return svg, nil
		}
	}
	return "", errors.New("the cell has shown no picture")
}
