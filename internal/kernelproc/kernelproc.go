// Package kernelproc starts real kernels the way Jupyter does, by a connection
// file, and connects to them. It knows processes, connection files and what
// the system says of a process; it does not know what cells mean.
package kernelproc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

// Options say how a kernel is started.
type Options struct {
	Program string   // path of the gosched binary
	Dir     string   // working directory, where the notebook would be
	Env     []string // as in os/exec
	IP      string   // where it listens; 127.0.0.1 if empty
	// Files are descriptors that the kernel inherits, from 3 on.
	Files []*os.File
}

// A Kernel is a running kernel with one front end connected.
type Kernel struct {
	Client         *wiretest.Client
	Connection     wire.Connection
	ConnectionFile string
	PID            int // of the supervisor

	cmd    *exec.Cmd
	ended  chan struct{} // closed when the process has ended
	stderr tail
}

// attempts is how often a kernel is started whose ports someone else has taken
// between choosing and listening.
const attempts = 3

// Start starts a kernel and returns when a front end is connected.
func Start(ctx context.Context, options Options) (*Kernel, error) {
	var errs []error
	for range attempts {
		k, err := start(ctx, options)
		if err == nil {
			return k, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil || !strings.Contains(err.Error(), "already taken") {
			break
		}
	}
	return nil, errors.Join(errs...)
}

func start(ctx context.Context, options Options) (k *Kernel, err error) {
	if options.IP == "" {
		options.IP = "127.0.0.1"
	}
	connection, err := freeConnection(options.IP)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gosched-kernel-")
	if err != nil {
		return nil, err
	}
	k = &Kernel{Connection: connection, ConnectionFile: filepath.Join(dir, "kernel.json"), ended: make(chan struct{})}
	if err := writeConnectionFile(k.ConnectionFile, connection); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	k.cmd = exec.Command(options.Program, "kernel", k.ConnectionFile)
	k.cmd.Dir, k.cmd.Env, k.cmd.ExtraFiles = options.Dir, options.Env, options.Files
	k.cmd.Stderr = &k.stderr
	if err := k.cmd.Start(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start a kernel: %w", err)
	}
	k.PID = k.cmd.Process.Pid
	go func() {
		_ = k.cmd.Wait()
		close(k.ended)
	}()
	if err := k.connect(ctx); err != nil {
		k.kill()
		os.RemoveAll(dir)
		return nil, fmt.Errorf("%w; the kernel said: %s", err, k.stderr.String())
	}
	return k, nil
}

// connect tries until the kernel listens.
func (k *Kernel) connect(ctx context.Context) error {
	for {
		client, err := wiretest.Dial(ctx, k.Connection)
		if err == nil {
			k.Client = client
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("connect to the kernel: %w", err)
		case <-k.ended:
			return errors.New("the kernel ended before it listened")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Stop asks the kernel to shut down, as Jupyter does, and waits for its end.
// A kernel that does not end before ctx does is killed, which is an error; one
// that has ended is none.
func (k *Kernel) Stop(ctx context.Context) error {
	defer os.RemoveAll(filepath.Dir(k.ConnectionFile))
	defer k.Client.Close()
	select {
	case <-k.ended:
		return nil
	default:
	}
	if _, err := k.Client.Send(wire.Control, "shutdown_request", map[string]any{"restart": false}); err != nil {
		k.kill()
		return err
	}
	select {
	case <-k.ended:
		return nil
	case <-ctx.Done():
		k.kill()
		return fmt.Errorf("the kernel does not shut down: %w", ctx.Err())
	}
}

// Ended is closed when the kernel's process has ended.
func (k *Kernel) Ended() <-chan struct{} { return k.ended }

// Stderr is the last that the kernel has said on standard error.
func (k *Kernel) Stderr() string { return k.stderr.String() }

func (k *Kernel) kill() {
	_ = k.cmd.Process.Signal(syscall.SIGKILL) // its worker notices and ends
	<-k.ended
}

// freeConnection has ports that are free now, and a fresh key.
func freeConnection(ip string) (wire.Connection, error) {
	var ports [5]int
	for i := range ports {
		listener, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
		if err != nil {
			return wire.Connection{}, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close() // all five are held until all are found
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return wire.Connection{
		Transport: "tcp", IP: ip, SignatureScheme: wire.SignatureScheme, Key: uuid.NewString(),
		ShellPort: ports[0], ControlPort: ports[1], StdinPort: ports[2], IOPubPort: ports[3], HBPort: ports[4],
	}, nil
}

// writeConnectionFile writes a file that only its owner can read.
func writeConnectionFile(path string, connection wire.Connection) error {
	content, err := json.Marshal(connection)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return fmt.Errorf("write the connection file: %w", err)
	}
	return nil
}

// A tail keeps the last that was written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-tailBytes):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
