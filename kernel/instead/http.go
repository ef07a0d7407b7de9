package instead

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// do is client.Do(req), which ends when the goroutine is stopped. So does reading
// the response's body.
func do(c Caller, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	g := c.Goroutine()
	forget := g.OnStop(cancel)
	resp, err := client.Do(req.WithContext(ctx))
	over := func() {
		forget()
		cancel()
	}
	if g.ShouldStop() {
		over()
		if resp != nil {
			_ = resp.Body.Close()
		}
		g.Unwind()
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

func request(c Caller, client *http.Client, method, url, contentType string, r io.Reader) (*http.Response, error) {
	req, err := http.NewRequest(method, url, r)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return do(c, client, req)
}

func postForm(c Caller, client *http.Client, url string, data url.Values) (*http.Response, error) {
	return request(c, client, "POST", url, "application/x-www-form-urlencoded", strings.NewReader(data.Encode()))
}

func serve(c Caller, s *http.Server, f func() error) (err error) {
	until(c, func() { _ = s.Close() }, func() { err = f() })
	return err
}

func httpFunctions() map[string]any {
	return map[string]any{
		"(*net/http.Client).Do": do,
		"(*net/http.Client).Get": func(c Caller, client *http.Client, url string) (*http.Response, error) {
			return request(c, client, "GET", url, "", nil)
		},
		"(*net/http.Client).Head": func(c Caller, client *http.Client, url string) (*http.Response, error) {
			return request(c, client, "HEAD", url, "", nil)
		},
		"(*net/http.Client).Post": func(c Caller, client *http.Client, url, contentType string, r io.Reader) (*http.Response, error) {
			return request(c, client, "POST", url, contentType, r)
		},
		"(*net/http.Client).PostForm": postForm,
		"net/http.Get": func(c Caller, url string) (*http.Response, error) {
			return request(c, http.DefaultClient, "GET", url, "", nil)
		},
		"net/http.Head": func(c Caller, url string) (*http.Response, error) {
			return request(c, http.DefaultClient, "HEAD", url, "", nil)
		},
		"net/http.Post": func(c Caller, url, contentType string, r io.Reader) (*http.Response, error) {
			return request(c, http.DefaultClient, "POST", url, contentType, r)
		},
		"net/http.PostForm": func(c Caller, url string, data url.Values) (*http.Response, error) {
			return postForm(c, http.DefaultClient, url, data)
		},

		"net/http.ListenAndServe": func(c Caller, addr string, h http.Handler) error {
			s := &http.Server{Addr: addr, Handler: h}
			return serve(c, s, s.ListenAndServe)
		},
		"net/http.ListenAndServeTLS": func(c Caller, addr, cert, key string, h http.Handler) error {
			s := &http.Server{Addr: addr, Handler: h}
			return serve(c, s, func() error { return s.ListenAndServeTLS(cert, key) })
		},
		"net/http.Serve": func(c Caller, l net.Listener, h http.Handler) error {
			s := &http.Server{Handler: h}
			return serve(c, s, func() error { return s.Serve(l) })
		},
		"net/http.ServeTLS": func(c Caller, l net.Listener, h http.Handler, cert, key string) error {
			s := &http.Server{Handler: h}
			return serve(c, s, func() error { return s.ServeTLS(l, cert, key) })
		},
		"(*net/http.Server).ListenAndServe": func(c Caller, s *http.Server) error {
			return serve(c, s, s.ListenAndServe)
		},
		"(*net/http.Server).ListenAndServeTLS": func(c Caller, s *http.Server, cert, key string) error {
			return serve(c, s, func() error { return s.ListenAndServeTLS(cert, key) })
		},
		"(*net/http.Server).Serve": func(c Caller, s *http.Server, l net.Listener) error {
			return serve(c, s, func() error { return s.Serve(l) })
		},
		"(*net/http.Server).ServeTLS": func(c Caller, s *http.Server, l net.Listener, cert, key string) error {
			return serve(c, s, func() error { return s.ServeTLS(l, cert, key) })
		},
		"(*net/http.Server).Shutdown": func(c Caller, s *http.Server, ctx context.Context) (err error) {
			withContext(c, ctx, func(ctx context.Context) { err = s.Shutdown(ctx) })
			return err
		},
	}
}
