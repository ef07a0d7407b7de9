package standin

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/run/frame"
)

// Compiled code that waits for the world outside cannot be unwound from
// outside, but much of it has a way of its own to be told to come back: a
// deadline, a context, a Close. A goroutine that is stopped uses that, and is
// unwound when the call returns.

// until runs a compiled call; stopped is called when the goroutine is to end
// meanwhile, and then the goroutine ends.
func until(t *frame.Thread, stopped, call func()) {
	cancel := t.G.OnStop(stopped)
	call()
	cancel()
	if t.G.ShouldStop() {
		t.G.Unwind()
	}
}

// do is c.Do(req), which ends when the goroutine is stopped. So does reading
// the response's body.
func doRequest(t *frame.Thread, c *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	forget := t.G.OnStop(cancel)
	resp, err := c.Do(req.WithContext(ctx))
	over := func() {
		forget()
		cancel()
	}
	if t.G.ShouldStop() {
		over()
		if resp != nil {
			_ = resp.Body.Close()
		}
		t.G.Unwind()
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

func request(t *frame.Thread, c *http.Client, method, url, contentType string, r io.Reader) (*http.Response, error) {
	req, err := http.NewRequest(method, url, r)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return doRequest(t, c, req)
}

func postForm(t *frame.Thread, c *http.Client, url string, data url.Values) (*http.Response, error) {
	return request(t, c, "POST", url, "application/x-www-form-urlencoded", strings.NewReader(data.Encode()))
}

func serve(t *frame.Thread, s *http.Server, f func() error) (err error) {
	until(t, func() { _ = s.Close() }, func() { err = f() })
	return err
}

// httpTable lists stand-ins for functions of net/http that wait for the world
// outside.
func httpTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"(*net/http.Client).Do": fn2x2(doRequest),
		"(*net/http.Client).Get": fn2x2(func(t *frame.Thread, c *http.Client, url string) (*http.Response, error) {
			return request(t, c, "GET", url, "", nil)
		}),
		"(*net/http.Client).Head": fn2x2(func(t *frame.Thread, c *http.Client, url string) (*http.Response, error) {
			return request(t, c, "HEAD", url, "", nil)
		}),
		"(*net/http.Client).Post": fn4x2(func(t *frame.Thread, c *http.Client, url, contentType string, r io.Reader) (*http.Response, error) {
			return request(t, c, "POST", url, contentType, r)
		}),
		"(*net/http.Client).PostForm": fn3x2(postForm),
		"net/http.Get": fn1x2(func(t *frame.Thread, url string) (*http.Response, error) {
			return request(t, http.DefaultClient, "GET", url, "", nil)
		}),
		"net/http.Head": fn1x2(func(t *frame.Thread, url string) (*http.Response, error) {
			return request(t, http.DefaultClient, "HEAD", url, "", nil)
		}),
		"net/http.Post": fn3x2(func(t *frame.Thread, url, contentType string, r io.Reader) (*http.Response, error) {
			return request(t, http.DefaultClient, "POST", url, contentType, r)
		}),
		"net/http.PostForm": fn2x2(func(t *frame.Thread, url string, data url.Values) (*http.Response, error) {
			return postForm(t, http.DefaultClient, url, data)
		}),

		"net/http.ListenAndServe": fn2x1(func(t *frame.Thread, addr string, h http.Handler) error {
			s := &http.Server{Addr: addr, Handler: h}
			return serve(t, s, s.ListenAndServe)
		}),
		"net/http.ListenAndServeTLS": fn4x1(func(t *frame.Thread, addr, cert, key string, h http.Handler) error {
			s := &http.Server{Addr: addr, Handler: h}
			return serve(t, s, func() error { return s.ListenAndServeTLS(cert, key) })
		}),
		"net/http.Serve": fn2x1(func(t *frame.Thread, l net.Listener, h http.Handler) error {
			s := &http.Server{Handler: h}
			return serve(t, s, func() error { return s.Serve(l) })
		}),
		"net/http.ServeTLS": fn4x1(func(t *frame.Thread, l net.Listener, h http.Handler, cert, key string) error {
			s := &http.Server{Handler: h}
			return serve(t, s, func() error { return s.ServeTLS(l, cert, key) })
		}),
		"(*net/http.Server).ListenAndServe": fn1x1(func(t *frame.Thread, s *http.Server) error {
			return serve(t, s, s.ListenAndServe)
		}),
		"(*net/http.Server).ListenAndServeTLS": fn3x1(func(t *frame.Thread, s *http.Server, cert, key string) error {
			return serve(t, s, func() error { return s.ListenAndServeTLS(cert, key) })
		}),
		"(*net/http.Server).Serve": fn2x1(func(t *frame.Thread, s *http.Server, l net.Listener) error {
			return serve(t, s, func() error { return s.Serve(l) })
		}),
		"(*net/http.Server).ServeTLS": fn4x1(func(t *frame.Thread, s *http.Server, l net.Listener, cert, key string) error {
			return serve(t, s, func() error { return s.ServeTLS(l, cert, key) })
		}),
		"(*net/http.Server).Shutdown": fn2x1(func(t *frame.Thread, s *http.Server, ctx context.Context) (err error) {
			withContext(t, ctx, func(ctx context.Context) { err = s.Shutdown(ctx) })
			return err
		}),
	}
}

// withContext runs a compiled call that ends with its context, which it does
// when the goroutine is stopped.
func withContext(t *frame.Thread, parent context.Context, call func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	until(t, cancel, func() { call(ctx) })
}

func dial(t *frame.Thread, d *net.Dialer, parent context.Context, network, address string) (c net.Conn, err error) {
	withContext(t, parent, func(ctx context.Context) { c, err = d.DialContext(ctx, network, address) })
	return asTwin(c), err
}

// netTable lists stand-ins for functions of package net that wait.
func netTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"net.Dial": fn2x2(func(t *frame.Thread, network, address string) (net.Conn, error) {
			return dial(t, &net.Dialer{}, context.Background(), network, address)
		}),
		"net.DialTimeout": fn3x2(func(t *frame.Thread, network, address string, d time.Duration) (net.Conn, error) {
			return dial(t, &net.Dialer{Timeout: d}, context.Background(), network, address)
		}),
		"(*net.Dialer).Dial": fn3x2(func(t *frame.Thread, d *net.Dialer, network, address string) (net.Conn, error) {
			return dial(t, d, context.Background(), network, address)
		}),
		"(*net.Dialer).DialContext": fn4x2(func(t *frame.Thread, d *net.Dialer, ctx context.Context, network, address string) (net.Conn, error) {
			return dial(t, d, ctx, network, address)
		}),
	}
}
