//gosched:get github.com/go-chi/chi/v5@v5.5.0
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

func main() {
	r := chi.NewRouter()
	r.Use(middleware.Recoverer, middleware.StripSlashes)
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Seen", "yes")
			next.ServeHTTP(w, r)
		})
	})
	r.Get("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "root") })
	r.Route("/users", func(r chi.Router) {
		r.Get("/{id:[0-9]+}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "user %s", chi.URLParam(r, "id")) })
		r.Post("/", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusCreated) })
	})
	r.NotFound(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "nothing here", 404) })
	for _, q := range []struct{ method, path string }{{"GET", "/"}, {"GET", "/users/12/"}, {"GET", "/users/x"}, {"POST", "/users"}, {"PUT", "/users"}} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(q.method, q.path, nil))
		body, _ := io.ReadAll(w.Result().Body)
		fmt.Println(q.method, q.path, w.Code, w.Header().Get("X-Seen"), string(body))
	}
	srv := httptest.NewServer(r)
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/users/7")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(body), err)
	_ = chi.Walk(r, func(method, route string, h http.Handler, mw ...func(http.Handler) http.Handler) error {
		fmt.Println(method, route)
		return nil
	})
}
