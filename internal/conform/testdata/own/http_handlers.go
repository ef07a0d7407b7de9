// net/http with handlers of one's own, in memory and over the loopback.
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

type counter struct{ n int }

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.n++
	w.Header().Set("X-Count", fmt.Sprint(c.n))
	fmt.Fprintf(w, "%s %s %d", r.Method, r.URL.Path, c.n)
}

type logged struct {
	next http.Handler
	log  *[]string
}

func (l logged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	*l.log = append(*l.log, r.URL.Path)
	l.next.ServeHTTP(w, r)
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) { s.code = code; s.ResponseWriter.WriteHeader(code) }

func teapot(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "short and stout "+r.PathValue("id"), http.StatusTeapot)
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func main() {
	var log []string
	mux := http.NewServeMux()
	mux.Handle("/count", &counter{})
	mux.HandleFunc("GET /pot/{id}", func(w http.ResponseWriter, r *http.Request) {
		s := &status{ResponseWriter: w}
		teapot(s, r)
		log = append(log, fmt.Sprint("status ", s.code))
	})
	h := logged{mux, &log}
	for _, path := range []string{"/count", "/count", "/pot/7", "/none"} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		fmt.Println(rec.Code, rec.Header().Get("X-Count"), strings.TrimSpace(rec.Body.String()))
	}
	fmt.Println(log)
	srv := httptest.NewServer(h)
	resp, err := srv.Client().Post(srv.URL+"/count", "text/plain", strings.NewReader("body"))
	if err != nil {
		fmt.Println(err)
		return
	}
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Println(resp.Status, string(b))
	srv.Close()
	client := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 299, Body: io.NopCloser(strings.NewReader(r.Host)), Request: r}, nil
	})}
	resp, err = client.Get("http://example.invalid/")
	b, _ = io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(b), err)
}
