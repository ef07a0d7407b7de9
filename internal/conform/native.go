package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gosched/gosched/internal/testenv"
)

// nativeTimeout is how long a compiled program may run.
const nativeTimeout = 60 * time.Second

// cacheFormat changes when what is kept of a native run does.
const cacheFormat = "8"

// runNative builds a program and runs it several times, or recalls what came
// of it when it last did.
func runNative(ctx context.Context, p program) (*native, error) {
	path, err := cacheFile(p)
	if err != nil {
		return nil, err
	}
	if b, err := os.ReadFile(path); err == nil && !tellsTime(p.source) {
		n := new(native)
		if json.Unmarshal(b, n) == nil {
			return n, nil
		}
	}
	n, err := buildAndRun(ctx, p.source, p.modules)
	if err != nil {
		return nil, fmt.Errorf("running %s natively: %w", p.name, err)
	}
	return n, n.keep(path)
}

// cacheFile is where the native runs of a program are kept.
func cacheFile(p program) (string, error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(cacheFormat + "\x00" + goVersion() + "\x00" + strings.Join(p.modules, " ") + p.source))
	return filepath.Join(dir, hex.EncodeToString(sum[:16])+".json"), nil
}

// keep keeps native runs for the next time.
func (n *native) keep(path string) error {
	for _, r := range n.Runs {
		if !utf8.ValidString(r.Stdout + r.Stderr) {
			return nil // JSON cannot keep it
		}
	}
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "run")
	if err != nil {
		return fmt.Errorf("keeping native results: %w", err)
	}
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keeping native results: %w", err)
	}
	return nil
}

// compareWidely compares an outcome, and where it differs, once more when all is known
// that Go allows.
func (n *native) compareWidely(ctx context.Context, p program, got outcome) (string, error) {
	difference := n.compare(got)
	if difference == "" || n.Wide {
		return difference, nil
	}
	if err := n.widenAndKeep(ctx, p); err != nil {
		return "", err
	}
	return n.compare(got), nil
}

// widenAndKeep widens what is known of a program, for the next time, too.
func (n *native) widenAndKeep(ctx context.Context, p program) error {
	if n.Wide {
		return nil
	}
	if err := n.widen(ctx, p.source, p.modules); err != nil {
		return fmt.Errorf("running %s natively: %w", p.name, err)
	}
	path, err := cacheFile(p)
	if err != nil {
		return err
	}
	return n.keep(path)
}

// tellsTime says whether what a program prints may depend on when it runs.
func tellsTime(src string) bool {
	return strings.Contains(src, "time.Now") || strings.Contains(src, "log.") || strings.Contains(src, "slog.")
}

// compareNow compares an outcome with what the program does natively right now.
func (n *native) compareNow(ctx context.Context, src string, modules []string, got outcome) (string, error) {
	now, err := buildAndRun(ctx, src, modules)
	if err != nil {
		return "", err
	}
	if err := now.widen(ctx, src, modules); err != nil {
		return "", err
	}
	n.Runs = append(n.Runs, now.Runs...)
	return n.compare(got), nil
}

func cacheDir() (string, error) {
	dir := os.Getenv(testenv.CacheVar)
	if dir == "" {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			dir = os.TempDir()
		}
	}
	dir = filepath.Join(dir, "gosched-conform")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("keeping native results: %w", err)
	}
	return dir, nil
}

// buildAndRun runs a program several times, under different numbers of
// threads, to find out what of its output the language leaves open.
func buildAndRun(ctx context.Context, src string, modules []string) (*native, error) {
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "program")
	problem, err := compile(ctx, dir, src, modules, bin)
	if err != nil {
		return nil, err
	}
	if problem != "" {
		if mended := mend(src); mended != src {
			n, err := buildAndRun(ctx, mended, modules)
			if err == nil {
				n.Mended = true
			}
			return n, err
		}
		return &native{BuildError: problem}, nil
	}
	n := &native{}
	for i, procs := range []int{0, 1, 2, 4, 0, 0} {
		start := time.Now()
		o, err := runBinary(ctx, bin, procs)
		if err != nil {
			return nil, err
		}
		n.Runs = append(n.Runs, o)
		if i == 0 {
			n.Seconds = time.Since(start).Seconds()
		}
		// More runs only where they can differ, and are quick.
		if o.End.Kind == endTimeout || i == 1 && !strings.Contains(src, "go ") && !strings.Contains(src, "range") || i >= 2 && n.Seconds > 2 {
			break
		}
	}
	return n, nil
}

// widen adds other orders of events that Go allows, if the program starts goroutines: of
// a build that gives each of them time to begin, another in which all begin later, and
// a third that gives them time to end. Building takes most of the time, so this is for
// outcomes that the runs of the program itself do not explain.
func (n *native) widen(ctx context.Context, src string, modules []string) error {
	n.Wide = true
	if n.BuildError != "" || n.Runs[0].Stdout == "" || n.Runs[0].End.Kind == endTimeout {
		return nil
	}
	if n.Mended {
		src = mend(src)
	}
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "program")
	for _, other := range []string{delayed(src), late(src), lingering(src)} {
		if other == src {
			continue
		}
		problem, err := compile(ctx, dir, other, modules, bin)
		if err != nil {
			return err
		}
		if problem != "" {
			continue
		}
		o, err := runBinary(ctx, bin, 0)
		if err != nil {
			return err
		}
		if o.End == n.Runs[0].End {
			n.Runs = append(n.Runs, o)
		}
	}
	return nil
}

// compile builds a program to bin. A problem is what the compiler had to say.
func compile(ctx context.Context, dir, src string, modules []string, bin string) (problem string, err error) {
	file := filepath.Join(dir, "program.go")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		return "", err
	}
	// Neither symbols nor debug information: linking takes most of the time. With
	// -trimpath, as tests are compiled, for the standard library to be compiled once.
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", bin, file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GO111MODULE=on", "GOFLAGS=-trimpath")
	if len(modules) > 0 {
		cmd.Env = append(cmd.Env, "GOFLAGS=-mod=mod -trimpath")
		if err := require(ctx, dir, modules, cmd.Env); err != nil {
			return "", err
		}
	}
	out, err := cmd.CombinedOutput()
	if err == nil {
		return "", nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || ctx.Err() != nil {
		return "", fmt.Errorf("go build: %w", err)
	}
	return string(out), nil
}

func runBinary(ctx context.Context, bin string, procs int) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, nativeTimeout)
	defer cancel()
	empty, err := os.MkdirTemp("", "conform")
	if err != nil {
		return outcome{}, err
	}
	defer os.RemoveAll(empty)
	cmd := exec.CommandContext(ctx, bin)
	cmd.Dir, cmd.Args = empty, []string{programName}
	cmd.Env = append(environment(), "GOTRACEBACK=single", "GODEBUG=", "PWD="+empty)
	if procs > 0 {
		cmd.Env = append(cmd.Env, "GOMAXPROCS="+strconv.Itoa(procs))
	}
	var stdout, stderr limited
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	o := outcome{Stdout: stdout.String(), Stderr: stderr.String()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		o.End = ending{endTimeout, nativeTimeout.String()}
	case err == nil:
		o.End = ending{endExit, "0"}
	case errors.As(err, &exit):
		o.Stderr, o.End = nativeEnd(o.Stderr, exit.ExitCode())
	default:
		return outcome{}, fmt.Errorf("running the program: %w", err)
	}
	return o, nil
}

// programName is os.Args[0] of programs on both sides.
const programName = "program"

// environment is that of programs: they cannot reach the network, so that what
// they print does not depend on who answers.
func environment() []string {
	const nobody = "http://127.0.0.1:1"
	return append(os.Environ(), "HTTP_PROXY="+nobody, "HTTPS_PROXY="+nobody, "http_proxy="+nobody, "https_proxy="+nobody, "NO_PROXY=", "no_proxy=")
}

// nativeEnd takes the runtime's last words off what a program that failed wrote
// to standard error.
func nativeEnd(stderr string, code int) (rest string, end ending) {
	if code != 2 {
		return stderr, ending{endExit, strconv.Itoa(code)}
	}
	for _, k := range []struct {
		mark string
		kind endKind
	}{{"panic: ", endPanic}, {"fatal error: ", endFatal}} {
		i := strings.Index("\n"+stderr, "\n"+k.mark)
		if i < 0 || !strings.Contains(stderr[i:], "\ngoroutine ") && k.kind == endPanic {
			continue
		}
		text := stderr[i+len(k.mark):]
		// The panic that ended the program is the last of a chain.
		head, _, _ := strings.Cut(text, "\n\ngoroutine ")
		if j := strings.LastIndex(head, "\n\tpanic: "); j >= 0 && k.kind == endPanic {
			text = head[j+len("\n\tpanic: "):]
		}
		return stderr[:i], ending{k.kind, panicMessage(text)}
	}
	return stderr, ending{endExit, "2"}
}

// limited keeps the beginning of a long output.
type limited struct{ bytes.Buffer }

const mostOutput = 8 << 20

// Write implements io.Writer.
func (l *limited) Write(b []byte) (int, error) {
	if room := mostOutput - l.Len(); room > 0 {
		l.Buffer.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}
