//gosched:get github.com/gorilla/mux@v1.8.1
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gorilla/mux"
)

func main() {
	r := mux.NewRouter()
	r.HandleFunc("/articles/{category}/{id:[0-9]+}", func(w http.ResponseWriter, r *http.Request) {
		v := mux.Vars(r)
		fmt.Fprintf(w, "%s %s", v["category"], v["id"])
	}).Methods("GET").Name("article")
	s := r.PathPrefix("/api").Subrouter()
	s.Use(func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "[mw]")
			h.ServeHTTP(w, r)
		})
	})
	s.HandleFunc("/ping", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "pong") }).Queries("q", "{q}")
	for _, p := range []string{"/articles/go/12", "/articles/go/x", "/api/ping?q=1", "/api/ping"} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", p, nil))
		fmt.Println(p, w.Code, w.Body.String())
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("DELETE", "/articles/go/12", nil))
	fmt.Println(w.Code)
	u, err := r.Get("article").URL("category", "go", "id", "5")
	fmt.Println(u, err)
}
