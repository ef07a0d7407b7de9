package shell

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// A printed keeps what a command prints.
type printed struct {
	mu        sync.Mutex
	out, errs strings.Builder
}

func (p *printed) add(text string, errs bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if errs {
		p.errs.WriteString(text)
	} else {
		p.out.WriteString(text)
	}
}

func (p *printed) text() (out, errs string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String(), p.errs.String()
}

func TestRun(t *testing.T) {
	var r Runner
	defer r.Close()
	for _, test := range []struct {
		script, input, out, errs string
		code                     int
	}{
		{"echo hi; echo bad >&2", "", "hi\n", "bad\n", 0},
		{"exit 3", "", "", "", 3},
		{"cat", "héllo", "héllo", "", 0},
		{"cat", "", "", "", 0}, // no input is no endless wait
		{"head -c 1", strings.Repeat("x", 1<<20), "x", "", 0},
		{"echo $x; echo \"$y\"", "", "1 2\n$(exit 9)\n", "", 0},
	} {
		var p printed
		c := Line(test.script)
		c.Env, c.Input, c.Out = []string{"x=1  2", "y=$(exit 9)"}, test.input, p.add
		err := r.Run(t.Context(), c)
		code := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			code, err = exit.ExitCode(), nil
		}
		out, errs := p.text()
		if err != nil || code != test.code || out != test.out || errs != test.errs {
			t.Errorf("%s: %v, exit %d, %q, %q", test.script, err, code, out, errs)
		}
	}
	if err := r.Run(t.Context(), Command{Program: "no such program", Out: func(string, bool) {}}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("a program that does not exist: %v", err)
	}
}

// An interrupt ends a program that does not care for it, and what it started.
func TestRunInterrupted(t *testing.T) {
	var r Runner
	var p printed
	ctx, cancel := context.WithCancel(t.Context())
	c := Line("trap '' INT; (trap '' INT; sleep 60) & echo ready; sleep 60; sleep 60")
	c.Out = func(text string, errs bool) {
		p.add(text, errs)
		cancel()
	}
	start := time.Now()
	if err := r.Run(ctx, c); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	closed := make(chan struct{})
	go func() { r.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Fatal("the pipes are still open")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("ended after %v", took)
	}
}

// What is in the background keeps nobody waiting, and is heard.
func TestRunBackground(t *testing.T) {
	var r Runner
	var p printed
	c := Line("(sleep 0.5; echo late) & echo now")
	c.Out = p.add
	if err := r.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if out, _ := p.text(); out != "now\n" {
		t.Errorf("at the end: %q", out)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if out, _ := p.text(); out == "now\nlate\n" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing came from the background")
		}
	}
	c = Line("sleep 2 &")
	c.Out = p.add
	if err := r.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := r.Run(t.Context(), c); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}

}

func TestPumpKeepsCharactersWhole(t *testing.T) {
	const text = "aé日本🙂\xff!"
	var parts []string
	pump(iotest.OneByteReader(strings.NewReader(text)), func(s string) { parts = append(parts, s) })
	if got := strings.Join(parts, "|"); got != "a|é|日|本|🙂|\uFFFD|!" {
		t.Errorf("%q", got)
	}
}

func TestScript(t *testing.T) {
	var r Runner
	defer r.Close()
	for _, filler := range []string{"", strings.Repeat("# a long script\n", 20_000)} {
		var p printed
		c := Script("sh", filler+"echo $1-$2\n", "a b", "c")
		c.Out = p.add
		if err := r.Run(t.Context(), c); err != nil {
			t.Error(err)
		}
		if out, _ := p.text(); out != "a b-c\n" {
			t.Errorf("%d bytes: %q", len(filler), out)
		}
	}
}

func TestNames(t *testing.T) {
	got := Names(`echo $a "${b}" ${c:-1} ${#d} \$e '$a' $1 $$ $(x) $größe`)
	if want := []string{"a", "b", "c", "d", "e", "größe"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
