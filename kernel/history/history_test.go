package history

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// opened returns a history that must not fail.
func opened(t testing.TB, path string) *History {
	return New(Options{Path: path, Failed: func(err error) { t.Errorf("the database failed: %v", err) }})
}

func closed(t testing.TB, h *History) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := h.Close(ctx); err != nil {
		t.Error(err)
	}
}

// texts are entries in a form that is easy to compare.
func texts(entries []Entry) string {
	var list []string
	for _, e := range entries {
		s := fmt.Sprintf("%d/%d %s", e.Session, e.Number, e.Input)
		if e.Output != nil {
			s += "=" + *e.Output
		}
		list = append(list, s)
	}
	return strings.Join(list, "|")
}

func TestSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub folder?#%20", "history.sqlite")
	first := opened(t, path)
	first.Add(1, "a := 1")
	first.Add(2, "a")
	first.SetOutput(2, "1")
	closed(t, first)
	closed(t, opened(t, path)) // one in which nothing runs has no number

	h := opened(t, path)
	if got := texts(h.Range(t.Context(), -1, 0, nil)); got != "1/1 a := 1|1/2 a=1" {
		t.Errorf("the session before, with none of our own: %s", got)
	}
	h.Add(1, "a")
	h.Add(2, "print(\n[b])")
	h.Add(3, "a")
	h.SetOutput(3, "2")
	two := 2
	ctx := t.Context()
	for _, test := range []struct {
		name string
		got  []Entry
		want string
	}{
		{"tail", h.Tail(ctx, 2), "2/2 print(\n[b])|2/3 a=2"},
		{"tail over sessions", h.Tail(ctx, 4), "1/2 a=1|2/1 a|2/2 print(\n[b])|2/3 a=2"},
		{"tail of none", h.Tail(ctx, 0), ""},
		{"tail of all", h.Tail(ctx, -1), "1/1 a := 1|1/2 a=1|2/1 a|2/2 print(\n[b])|2/3 a=2"},
		{"range", h.Range(ctx, 0, 1, &two), "2/1 a"},
		{"range by number", h.Range(ctx, 1, 2, nil), "1/2 a=1"},
		{"range before", h.Range(ctx, -1, 0, nil), "1/1 a := 1|1/2 a=1"},
		{"range of nothing", h.Range(ctx, -7, 0, nil), ""},
		{"search", h.Search(ctx, "a*", false, -1), "1/1 a := 1|1/2 a=1|2/1 a|2/3 a=2"},
		{"search last", h.Search(ctx, "a*", false, 2), "2/1 a|2/3 a=2"},
		{"search unique", h.Search(ctx, "a*", true, -1), "1/1 a := 1|2/3 a=2"},
		{"search classes", h.Search(ctx, "p?int*[[]b]*", false, -1), "2/2 print(\n[b])"},
		{"search whole", h.Search(ctx, "print", false, -1), ""},
	} {
		if got := texts(test.got); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	closed(t, h)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
}

// What is said to be written is there for others, without any end of the session.
func TestWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.sqlite")
	h := opened(t, path)
	defer closed(t, h)
	other := opened(t, path)
	defer closed(t, other)
	for n := 1; n <= 20; n++ {
		<-h.Add(n, fmt.Sprint("cell ", n))
		if got, want := texts(other.Tail(t.Context(), 1)), fmt.Sprintf("1/%d cell %d", n, n); got != want {
			t.Fatalf("another session finds %q, want %q", got, want)
		}
	}
}

// Nobody waits for what is never written.
func TestNeverWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.sqlite")
	if err := os.WriteFile(path, []byte("this is no database, whatever its name says"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]*History{"none": New(Options{}), "unusable": New(Options{Path: path})} {
		for n := range 50 {
			<-h.Add(n, "x")
		}
		<-h.Add(51, strings.Repeat("x", longestInput+1))
		closed(t, h)
		select {
		case <-h.Add(52, "behind the end"):
		default:
			t.Errorf("%s: a history that is closed has one wait", name)
		}
	}
}

// Many kernels write at the same time.
func TestManySessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.sqlite")
	const sessions, cells = 8, 25
	var work sync.WaitGroup
	for s := range sessions {
		work.Go(func() {
			h := opened(t, path)
			for n := range cells {
				h.Add(n+1, fmt.Sprintf("kernel %d cell %d", s, n))
				h.SetOutput(n+1, "x")
				if n%10 == 0 {
					h.Tail(t.Context(), 1)
				}
			}
			if got := h.Range(t.Context(), 0, 1, nil); len(got) != cells {
				t.Errorf("kernel %d finds %d cells of its own", s, len(got))
			}
			closed(t, h)
		})
	}
	work.Wait()
	h := opened(t, path)
	defer closed(t, h)
	if got := h.Search(t.Context(), "kernel*", false, -1); len(got) != sessions*cells {
		t.Errorf("%d cells, want %d", len(got), sessions*cells)
	}
}

// A database that cannot be used costs one complaint and what is beyond the
// session.
func TestBroken(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, path string){
		"no database": func(t *testing.T, path string) { write(t, path, strings.Repeat("no database at all\n", 500)) },
		"damaged": func(t *testing.T, path string) {
			h := opened(t, path)
			for n := range 200 {
				h.Add(n, strings.Repeat("x", 500))
			}
			closed(t, h)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, string(content[:4096])+strings.Repeat("\xff", len(content)-4096))
		},
		"another database": func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("CREATE TABLE history (other INTEGER)"); err != nil {
				t.Fatal(err)
			}
		},
		"a folder": func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.sqlite")
			make(t, path)
			var failures []error
			h := New(Options{Path: path, Failed: func(err error) { failures = append(failures, err) }})
			h.Add(1, "a")
			h.Tail(t.Context(), 3)
			h.Add(2, "b")
			h.SetOutput(2, "2")
			if got := texts(h.Tail(t.Context(), 3)); got != "1/1 a|1/2 b=2" {
				t.Errorf("remembers %q", got)
			}
			closed(t, h)
			if len(failures) != 1 {
				t.Errorf("complains %d times: %v", len(failures), failures)
			}
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A lock that nobody gives up keeps no cell waiting.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.sqlite")
	closed(t, opened(t, path))
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN EXCLUSIVE; CREATE TABLE x (y)"); err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 10)
	h := New(Options{Path: path, Failed: func(err error) { failed <- err }})
	start := time.Now()
	h.Add(1, "a")
	if took := time.Since(start); took > time.Second {
		t.Errorf("Add took %v", took)
	}
	if got := texts(h.Tail(t.Context(), 1)); got != "1/1 a" {
		t.Errorf("remembers %q", got)
	}
	select {
	case <-failed:
	case <-time.After(20 * time.Second):
		t.Error("the lock is not told of")
	}
	closed(t, h)
}

func TestMemory(t *testing.T) {
	h := New(Options{})
	h.Add(1, "a")
	h.SetOutput(1, "x")
	if got := texts(h.Tail(t.Context(), -1)) + ";" + texts(h.Search(t.Context(), "*", true, 0)) + ";" + texts(h.Range(t.Context(), 1, 0, nil)); got != "1/1 a=x;;1/1 a=x" {
		t.Error(got)
	}
	closed(t, h)
}
