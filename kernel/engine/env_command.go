package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/spelling"
	"github.com/gosched/gosched/kernel/session"
)

var envCommand = command{
	name: "env",
	usage: []usage{
		{"%env", "list the environment of the session"},
		{"%env NAME", "show a variable of the environment"},
		{"%env NAME=VALUE", "set it, for cells and for the programs that they start"},
	},
	help:     "The value may also stand behind a space, and may name variables of the session or the environment: $x.",
	examples: []string{"%env HOME", "%env GREETING=hello", "%env PATH=$PATH:/opt/bin"},
	line: func(_ context.Context, in *invocation) error {
		if in.args == "" {
			for _, entry := range slices.Sorted(slices.Values(os.Environ())) {
				if !strings.HasPrefix(entry, "GOSCHED_") {
					in.say("%s", entry)
				}
			}
			return nil
		}
		name, value, set := in.args, "", false
		if i := strings.IndexAny(in.args, "= \t"); i >= 0 {
			name, value, set = in.args[:i], strings.TrimSpace(in.args[i:]), true
			value = strings.TrimSpace(strings.TrimPrefix(value, "="))
		}
		if name == "" {
			return in.misused()
		}
		if !set {
			value, ok := os.LookupEnv(name)
			if !ok {
				return errors.New(unsetText(name))
			}
			in.say("%s", value)
			return nil
		}
		value = os.Expand(unquote(value), in.engine.expand)
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("setting %s: %w", name, err)
		}
		in.say("%s=%s", name, value)
		return nil
	},
	complete: func(_ *Engine, before []string, _ string) []session.Match {
		if len(before) > 0 {
			return nil
		}
		var list []session.Match
		for _, entry := range slices.Sorted(slices.Values(os.Environ())) {
			name, value, _ := strings.Cut(entry, "=")
			list = append(list, session.Match{Text: name, Kind: "variable", Signature: cutTo(value, briefLength)})
		}
		return list
	},
}

func unsetText(name string) string {
	var names []string
	for _, entry := range os.Environ() {
		n, _, _ := strings.Cut(entry, "=")
		names = append(names, n)
	}
	text := name + " is not set"
	if near := spelling.DidYouMean(spelling.Nearest(name, names), ""); near != "" {
		text += "; " + near
	}
	return text
}

// expand is what $name stands for: a variable of the session or else of the
// environment.
func (e *Engine) expand(name string) string {
	if v, ok := e.value(name); ok {
		return environmentText(v)
	}
	return os.Getenv(name)
}

// unquote takes off quotes around a whole argument.
func unquote(s string) string {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

var cdCommand = command{
	name: "cd",
	usage: []usage{
		{"%cd FOLDER", "change the working directory of cells and their programs"},
		{"%cd -", "go back to where it was before"},
		{"%cd", "say where it is"},
	},
	examples: []string{"%cd data", "%cd ~/project", "%cd -"},
	line: func(_ context.Context, in *invocation) error {
		here, err := os.Getwd()
		if err != nil {
			return fmt.Errorf("finding the working directory: %w", err)
		}
		to := in.path(unquote(in.args))
		e := in.engine
		e.mu.Lock()
		defer e.mu.Unlock()
		switch to {
		case "":
			in.say("%s", here)
			return nil
		case "-":
			if e.cameFrom == "" {
				return errors.New("there was no other folder before this one")
			}
			to = e.cameFrom
		}
		if err := os.Chdir(to); err != nil {
			return pathError(err)
		}
		e.cameFrom = here
		if here, err = os.Getwd(); err == nil {
			in.say("%s", here)
		}
		return nil
	},
	complete: func(e *Engine, before []string, partial string) []session.Match {
		return slices.DeleteFunc(completeFiles(e, before, partial), func(m session.Match) bool {
			return !strings.HasSuffix(m.Text, "/")
		})
	},
}

var pwdCommand = command{
	name:     "pwd",
	usage:    []usage{{"%pwd", "say what the working directory is"}},
	help:     "It is the folder of the notebook, until %cd changes it.",
	examples: []string{"%pwd"},
	line: func(_ context.Context, in *invocation) error {
		here, err := os.Getwd()
		if err != nil {
			return fmt.Errorf("finding the working directory: %w", err)
		}
		in.say("%s", here)
		return nil
	},
}

// inHome makes a path of one that may begin with ~.
func inHome(path string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, path[1:])
		}
	}
	return path
}

// path makes a path of an argument, which may begin with ~ and may name variables of
// the session or the environment. What is no variable stays as it is.
func (in *invocation) path(s string) string {
	return inHome(os.Expand(s, func(name string) string {
		if v, ok := in.engine.value(name); ok {
			return environmentText(v)
		}
		if v, ok := os.LookupEnv(name); ok {
			return v
		}
		return "$" + name
	}))
}

// pathError is an error about a file in plain words.
func pathError(err error) error {
	var pe *fs.PathError
	if !errors.As(err, &pe) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file or folder %s", pe.Path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be used by you", pe.Path)
	}
	return fmt.Errorf("%s: %w", pe.Path, pe.Err)
}

// mostFiles bounds what a completion offers.
const mostFiles = 500

// completeFiles offers files and folders, these with a slash.
func completeFiles(_ *Engine, _ []string, partial string) []session.Match {
	folder, name := filepath.Split(partial)
	look := inHome(folder)
	if look == "" {
		look = "."
	}
	entries, err := os.ReadDir(look)
	if err != nil {
		return nil
	}
	var list []session.Match
	for _, f := range entries {
		if strings.HasPrefix(f.Name(), ".") && !strings.HasPrefix(name, ".") || strings.ContainsAny(f.Name(), " \t") {
			continue
		}
		m := session.Match{Text: folder + f.Name(), Kind: "file"}
		if info, err := os.Stat(filepath.Join(look, f.Name())); err == nil && info.IsDir() {
			m.Text += "/"
		}
		if list = append(list, m); len(list) == mostFiles {
			break
		}
	}
	return list
}
