package run

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Compiled code that waits for the world outside cannot be unwound from
// outside, but much of it has a way of its own to be told to come back: a
// deadline, a context, a Close. A goroutine that is stopped uses that, and is
// unwound when the call returns.

// until runs a compiled call; stopped is called when the goroutine is to end
// meanwhile, and then the goroutine ends.
func (t *thread) until(stopped, call func()) {
	cancel := t.g.OnStop(stopped)
	call()
	cancel()
	if t.mustStop() {
		t.stop()
	}
}

type deadliner interface{ SetDeadline(time.Time) error }

var deadlinerType = reflect.TypeFor[deadliner]()

// withDeadline makes a method call stoppable if its receiver has deadlines and
// its name says that it waits for them.
func withDeadline(recv reflect.Type, name string, call nativeCall) nativeCall {
	if !recv.Implements(deadlinerType) {
		return call
	}
	if !strings.HasPrefix(name, "Read") && !strings.HasPrefix(name, "Write") && !strings.HasPrefix(name, "Accept") {
		return call
	}
	return func(t *thread, args, res []unsafe.Pointer) {
		d, _ := reflect.NewAt(recv, args[0]).Elem().Interface().(deadliner)
		if v := reflect.ValueOf(d); d == nil || v.Kind() == reflect.Pointer && v.IsNil() {
			call(t, args, res)
			return
		}
		cancel := t.g.OnStop(func() { _ = d.SetDeadline(time.Unix(1, 0)) })
		call(t, args, res)
		cancel()
		if t.mustStop() {
			_ = d.SetDeadline(time.Time{}) // others may go on using it
			t.stop()
		}
	}
}

// do is c.Do(req), which ends when the goroutine is stopped. So does reading
// the response's body.
func (t *thread) do(c *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	forget := t.g.OnStop(cancel)
	resp, err := c.Do(req.WithContext(ctx))
	over := func() {
		forget()
		cancel()
	}
	if t.mustStop() {
		over()
		if resp != nil {
			_ = resp.Body.Close()
		}
		t.stop()
	}
	if err != nil {
		over()
		return resp, err
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		resp.Body = &body{ReadCloser: resp.Body, over: over}
	}
	return resp, nil
}

// A body keeps a response's context until it has been read or closed.
type body struct {
	io.ReadCloser
	once sync.Once
	over func()
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.once.Do(b.over)
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(b.over)
	return err
}

func (t *thread) request(c *http.Client, method, url, contentType string, r io.Reader) (*http.Response, error) {
	req, err := http.NewRequest(method, url, r)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return t.do(c, req)
}

func (t *thread) serve(s *http.Server, f func() error) (err error) {
	t.until(func() { _ = s.Close() }, func() { err = f() })
	return err
}

// stoppableTable lists stand-ins for compiled functions that wait for the
// world outside.
func stoppableTable() map[string]intrinsic {
	response := func(res []unsafe.Pointer, r *http.Response, err error) {
		set(res, 0, r)
		set(res, 1, err)
	}
	return map[string]intrinsic{
		"(*net/http.Client).Do": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.do(arg[*http.Client](args[0]), arg[*http.Request](args[1]))
			response(res, r, err)
		},
		"(*net/http.Client).Get": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.request(arg[*http.Client](args[0]), "GET", arg[string](args[1]), "", nil)
			response(res, r, err)
		},
		"(*net/http.Client).Head": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.request(arg[*http.Client](args[0]), "HEAD", arg[string](args[1]), "", nil)
			response(res, r, err)
		},
		"(*net/http.Client).Post": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.request(arg[*http.Client](args[0]), "POST", arg[string](args[1]), arg[string](args[2]), arg[io.Reader](args[3]))
			response(res, r, err)
		},
		"net/http.Get": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.request(http.DefaultClient, "GET", arg[string](args[0]), "", nil)
			response(res, r, err)
		},
		"net/http.Head": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.request(http.DefaultClient, "HEAD", arg[string](args[0]), "", nil)
			response(res, r, err)
		},
		"net/http.Post": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.request(http.DefaultClient, "POST", arg[string](args[0]), arg[string](args[1]), arg[io.Reader](args[2]))
			response(res, r, err)
		},
		"net/http.PostForm": func(t *thread, args, res []unsafe.Pointer) {
			r, err := t.request(http.DefaultClient, "POST", arg[string](args[0]), "application/x-www-form-urlencoded",
				strings.NewReader(arg[url.Values](args[1]).Encode()))
			response(res, r, err)
		},
		"net/http.ListenAndServe": func(t *thread, args, res []unsafe.Pointer) {
			s := &http.Server{Addr: arg[string](args[0]), Handler: arg[http.Handler](args[1])}
			set(res, 0, t.serve(s, s.ListenAndServe))
		},
		"net/http.Serve": func(t *thread, args, res []unsafe.Pointer) {
			s := &http.Server{Handler: arg[http.Handler](args[1])}
			set(res, 0, t.serve(s, func() error { return s.Serve(arg[net.Listener](args[0])) }))
		},
		"(*net/http.Server).ListenAndServe": func(t *thread, args, res []unsafe.Pointer) {
			s := arg[*http.Server](args[0])
			set(res, 0, t.serve(s, s.ListenAndServe))
		},
		"(*net/http.Server).Serve": func(t *thread, args, res []unsafe.Pointer) {
			s, l := arg[*http.Server](args[0]), arg[net.Listener](args[1])
			set(res, 0, t.serve(s, func() error { return s.Serve(l) }))
		},
		"net.Dial": func(t *thread, args, res []unsafe.Pointer) {
			c, err := t.dial(&net.Dialer{}, arg[string](args[0]), arg[string](args[1]))
			set(res, 0, c)
			set(res, 1, err)
		},
		"net.DialTimeout": func(t *thread, args, res []unsafe.Pointer) {
			c, err := t.dial(&net.Dialer{Timeout: arg[time.Duration](args[2])}, arg[string](args[0]), arg[string](args[1]))
			set(res, 0, c)
			set(res, 1, err)
		},
		"(*os/exec.Cmd).Wait": func(t *thread, args, res []unsafe.Pointer) {
			set(res, 0, t.wait(arg[*exec.Cmd](args[0])))
		},
		"(*os/exec.Cmd).Run": func(t *thread, args, res []unsafe.Pointer) {
			c := arg[*exec.Cmd](args[0])
			err := c.Start()
			if err == nil {
				err = t.wait(c)
			}
			set(res, 0, err)
		},
	}
}

func (t *thread) dial(d *net.Dialer, network, address string) (c net.Conn, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	t.until(cancel, func() { c, err = d.DialContext(ctx, network, address) })
	return c, err
}

func (t *thread) wait(c *exec.Cmd) (err error) {
	p := c.Process
	t.until(func() {
		if p != nil {
			_ = p.Kill()
		}
	}, func() { err = c.Wait() })
	return err
}

// receiverType is the type of a compiled method's receiver.
func (m *Machine) receiverType(fn *ssa.Function) reflect.Type {
	recv := fn.Signature.Recv()
	if recv == nil {
		return nil
	}
	rt, err := m.typeOf(recv.Type())
	if err != nil {
		return nil
	}
	return rt
}
