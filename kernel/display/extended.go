package display

import (
	"bufio"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/gosched/gosched/kernel/goruntime"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

// extendedText says what values of golang.org/x/sync and x/time that cells can use
// without a module are at, as [goruntime.SyncState] does for those of package sync.
func extendedText(v reflect.Value) (text string, ok bool) {
	prefix := ""
	if v.Kind() == reflect.Pointer {
		v, prefix = v.Elem(), "*"
	}
	if v.Kind() != reflect.Struct {
		return "", false
	}
	switch v.Type() {
	case reflect.TypeFor[errgroup.Group]():
		text = groupState(v)
	case reflect.TypeFor[semaphore.Weighted]():
		text = fmt.Sprintf("%d of %d taken", v.FieldByName("cur").Int(), v.FieldByName("size").Int())
		if n := v.FieldByName("waiters").FieldByName("len").Int(); n > 0 {
			text += fmt.Sprintf(", %d waiting", n)
		}
	case reflect.TypeFor[singleflight.Group]():
		text = "calls under way: " + fmt.Sprint(v.FieldByName("m").Len())
	case reflect.TypeFor[rate.Limiter]():
		text = fmt.Sprintf("%g a second, burst %d", v.FieldByName("limit").Float(), v.FieldByName("burst").Int())
	default:
		return "", false
	}
	return prefix + v.Type().String() + ", " + text, true
}

func groupState(v reflect.Value) string {
	state, _ := goruntime.SyncState(v.FieldByName("wg"))
	_, text, _ := strings.Cut(state, ", ")
	if sem := v.FieldByName("sem"); !sem.IsNil() {
		text += fmt.Sprintf(", limit %d", sem.Cap())
	}
	if err := v.FieldByName("err"); !err.IsNil() {
		text += ", one has failed"
	}
	return text
}

// request is what an HTTP request asks for; its body stays unread.
func request(r *http.Request) string {
	s := "*http.Request " + r.Method
	if r.Method == "" {
		s += http.MethodGet
	}
	if r.URL != nil {
		s += " " + r.URL.Redacted()
	}
	if r.ContentLength > 0 {
		s += fmt.Sprintf(", %d bytes", r.ContentLength)
	}
	for _, e := range sortedEntries(reflect.ValueOf(r.Header)) {
		name := e.key.String()
		value := strings.Join(r.Header[name], ", ")
		if name == "Authorization" || name == "Cookie" || name == "Proxy-Authorization" {
			value = "…" // a notebook is handed on
		}
		s += "\n" + name + ": " + value
	}
	return s
}

// bufferedReader is what a reader has read ahead, which stays unread. Its fields are
// read, since Peek would forget the byte that can be put back.
func bufferedReader(r *bufio.Reader) string {
	v := reflect.ValueOf(r).Elem()
	ahead := v.FieldByName("buf").Bytes()[v.FieldByName("r").Int():v.FieldByName("w").Int()]
	return fmt.Sprintf("*bufio.Reader, %d bytes read ahead", len(ahead)) + peeked(ahead[:min(len(ahead), maxPeek)], len(ahead))
}
