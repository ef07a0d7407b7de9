package registry

import (
	"net/http"
	"sync/atomic"
	"weak"
)

// A handler passes requests on to whatever was registered last.
type handler struct{ now atomic.Pointer[http.Handler] }

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*h.now.Load()).ServeHTTP(w, r) }

// Handle is mux.Handle.
func (r *Registry) Handle(o Owner, mux *http.ServeMux, pattern string, h http.Handler) {
	if h == nil {
		mux.Handle(pattern, h) // panics as it does
		return
	}
	r.register(o, key{"HTTP pattern", weak.Make(mux), pattern},
		func() any {
			slot := &handler{}
			slot.now.Store(&h)
			mux.Handle(pattern, slot)
			return slot
		},
		func(old any) any {
			old.(*handler).now.Store(&h)
			return old
		})
}

// HandleFunc is mux.HandleFunc.
func (r *Registry) HandleFunc(o Owner, mux *http.ServeMux, pattern string, h func(http.ResponseWriter, *http.Request)) {
	if h == nil {
		mux.HandleFunc(pattern, h)
		return
	}
	r.Handle(o, mux, pattern, http.HandlerFunc(h))
}

// Handler is mux.Handler.
func Handler(mux *http.ServeMux, request *http.Request) (h http.Handler, pattern string) {
	h, pattern = mux.Handler(request)
	if slot, ok := h.(*handler); ok {
		h = *slot.now.Load()
	}
	return h, pattern
}
