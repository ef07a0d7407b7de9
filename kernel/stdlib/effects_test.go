package stdlib

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Linking every package registers nothing that a program has not imported.
func TestImported(t *testing.T) {
	status := func(path string) int {
		w := httptest.NewRecorder()
		http.DefaultServeMux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code
	}
	for _, tt := range []struct{ pkg, url string }{
		{"net/http/pprof", "/debug/pprof/cmdline"},
		{"expvar", "/debug/vars"},
	} {
		if got := status(tt.url); got != http.StatusNotFound {
			t.Errorf("before the import of %s, %s gives %d", tt.pkg, tt.url, got)
		}
		Imported(tt.pkg)
		Imported(tt.pkg)
		if got := status(tt.url); got != http.StatusOK {
			t.Errorf("after the import of %s, %s gives %d", tt.pkg, tt.url, got)
		}
	}
	Imported("fmt")
}
