package history

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// journaled returns the path of a database whose sessions have journals.
func journaled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "history.sqlite")
	if !writesAhead(filepath.Dir(path)) {
		t.Skip("sessions have no journals on this file system")
	}
	return path
}

// journals are the files beside a database.
func journals(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(path + "-cells-*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// abandon does with a session what the end of its process does.
func abandon(h *History) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.running {
		h.idle.Wait()
	}
	h.jobs, h.failed = nil, true
	h.journal.close()
	h.db.close()
}

// hold keeps everybody from writing to a database until release.
func hold(t *testing.T, path string) (release func()) {
	t.Helper()
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() { other.Close() })
}

func isWritten(written <-chan struct{}) bool {
	select {
	case <-written:
		return true
	default:
		return false
	}
}

// Cells do not wait for a database that others use; they come into it later.
func TestJournalWaitsForNobody(t *testing.T) {
	path := journaled(t)
	h := opened(t, path)
	<-h.Add(1, "first")
	files := journals(t, path)
	if len(files) != 1 {
		t.Fatalf("there are %d journals: %v", len(files), files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the journal: %v, %v", info, err)
	}
	release := hold(t, path)
	defer release()
	for n := 2; n <= 100; n++ {
		if !isWritten(h.Add(n, fmt.Sprint("cell ", n))) {
			t.Fatalf("cell %d waits", n)
		}
		h.SetOutput(n, fmt.Sprint(n))
	}
	release()
	if got := h.Range(t.Context(), 0, 1, nil); len(got) != 100 || texts(got[99:]) != "1/100 cell 100=100" {
		t.Errorf("%d cells, the last %s", len(got), texts(got[max(len(got)-1, 0):]))
	}
	closed(t, h)
	if files := journals(t, path); len(files) != 0 {
		t.Errorf("the session leaves %v", files)
	}
}

// What was written is in the database soon, with no question and no end, and the journal
// is empty then.
func TestJournalIsEmptied(t *testing.T) {
	path := journaled(t)
	h := opened(t, path)
	defer closed(t, h)
	<-h.Add(1, "first")
	h.mu.Lock()
	head := h.journal.head
	h.mu.Unlock()
	h.Add(2, "a")
	h.SetOutput(2, "b")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file := journals(t, path)[0]
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var got string
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		err = db.QueryRow("SELECT source || output FROM history NATURAL JOIN output_history WHERE line = 2").Scan(&got)
		if got == "ab" && info.Size() == head {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the database has %q (%v), the journal %d bytes", got, err, info.Size())
		}
	}
}

// A cell that comes while others are written stays in the journal until it is, too.
func TestJournalKeepsWhatComesMeanwhile(t *testing.T) {
	path := journaled(t)
	h := opened(t, path)
	<-h.Add(1, "first")
	begun, end := make(chan struct{}), make(chan struct{})
	h.mu.Lock()
	done := h.do(func(*database) error {
		close(begun)
		<-end
		return nil
	})
	h.mu.Unlock()
	<-begun
	if !isWritten(h.Add(2, "meanwhile")) {
		t.Error("it waits")
	}
	close(end)
	<-done
	abandon(h)
	next(t, path, "1/1 first|1/2 meanwhile")
}

// A journal does not grow without end, whatever is in the way of the database.
func TestJournalIsBounded(t *testing.T) {
	path := journaled(t)
	h := opened(t, path)
	<-h.Add(1, "first")
	file := journals(t, path)[0]
	size := func() int64 {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	release := hold(t, path)
	defer release()
	n, cell := 1, strings.Repeat("<", 1000)
	var written <-chan struct{}
	for written = nowhere; isWritten(written) && size() < 10*longestJournal; {
		n++
		written = h.Add(n, cell)
	}
	if size() > longestJournal {
		t.Errorf("the journal has %d bytes", size())
	}
	release()
	<-written
	for range 1000 { // cells that follow closely, too, leave it time enough
		n++
		<-h.Add(n, cell)
		if size() > longestJournal {
			t.Fatalf("the journal has %d bytes", size())
		}
	}
	n++
	<-h.Add(n, strings.Repeat("x", longestInput)) // too long for a journal
	closed(t, h)
	h = opened(t, path)
	defer closed(t, h)
	if got := h.Range(t.Context(), -1, 1, nil); len(got) != n {
		t.Errorf("%d cells, want %d", len(got), n)
	}
}

// Where there can be no journal, cells are written to the database at once.
func TestNoJournal(t *testing.T) {
	path := filepath.Join(filepath.Dir(journaled(t)), strings.Repeat("x", 243)) // with the end of a journal's name, too long
	h := opened(t, path)
	for n := 1; n <= 5; n++ {
		<-h.Add(n, fmt.Sprint(n))
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		var got int
		if err := db.QueryRow("SELECT count(*) FROM history").Scan(&got); err != nil || got != n {
			t.Errorf("the database has %d cells of %d, %v", got, n, err)
		}
		db.Close()
	}
	if h.journal != nil {
		t.Error("there is a journal")
	}
	closed(t, h)
}

// A journal that cannot be written any more is done without.
func TestJournalFull(t *testing.T) {
	path := journaled(t)
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	h := opened(t, path)
	<-h.Add(1, "first")
	<-h.Add(2, "second")
	h.mu.Lock()
	file := h.journal.file
	h.journal.file = full
	h.mu.Unlock()
	<-h.Add(3, "third")
	h.mu.Lock()
	h.journal.file = file
	h.mu.Unlock()
	<-h.Add(4, "fourth") // there is room again
	abandon(h)
	next(t, path, "1/1 first|1/2 second|1/3 third|1/4 fourth")
}

// next is the next session, which has these cells.
func next(t *testing.T, path, want string) {
	t.Helper()
	h := opened(t, path)
	defer closed(t, h)
	if got := texts(h.Tail(t.Context(), -1)); got != want {
		t.Error(got)
	}
}

// A database that is given up for the session has its cells when the next one begins.
func TestJournalOutlivesFailure(t *testing.T) {
	path := journaled(t)
	failed := make(chan error, 10)
	h := New(Options{Path: path, Failed: func(err error) { failed <- err }})
	<-h.Add(1, "first")
	release := hold(t, path)
	defer release()
	<-h.Add(2, "second")
	select {
	case <-failed:
	case <-time.After(20 * time.Second):
		t.Fatal("the lock is not told of")
	}
	<-h.Add(3, "third") // in memory only
	if got := texts(h.Tail(t.Context(), -1)); got != "1/1 first|1/2 second|1/3 third" {
		t.Error(got)
	}
	closed(t, h)
	release()
	next(t, path, "1/1 first|1/2 second")
	if files := journals(t, path); len(files) != 0 {
		t.Errorf("left: %v", files)
	}
}

// Of a journal that ends or is damaged anywhere, the lines before that are read as they
// were written, and what is read of any file can be written.
func FuzzJournal(f *testing.F) {
	f.Add("a := 1", "fmt.Println(\"<>\n\u2028\")", 60, []byte("00000000 {}\n"))
	f.Add("", "\x00", 1000, journalLine(journalCell{7, "x"}))
	f.Add("x", "y", 0, slices.Concat(journalLine(journalHead{3, "z"}), journalLine(journalCell{7, "x"})))
	f.Fuzz(func(t *testing.T, a, b string, end int, tail []byte) {
		valid := func(s string) string { return string([]rune(s)) } // as everything that comes as JSON
		head, cells := journalHead{1, "now"}, []journalCell{{1, valid(a)}, {-2, valid(b)}}
		lines := [][]byte{journalLine(head), journalLine(cells[0]), journalLine(cells[1])}
		content := slices.Concat(lines...)
		whole := 0
		for _, line := range lines {
			if end < len(line) {
				break
			}
			end -= len(line)
			whole++
		}
		end = max(end, 0)
		cut := slices.Concat(lines[:whole]...)
		if whole < len(lines) {
			cut = append(cut, lines[whole][:min(end, len(lines[whole]))]...)
		}
		switch gotHead, got := parseJournal(cut); {
		case whole == 0 && (gotHead != journalHead{} || got != nil):
			t.Errorf("%q: %v, %v", cut, gotHead, got)
		case whole > 0 && (gotHead != head || !slices.Equal(got, cells[:whole-1])):
			t.Errorf("%q: %v, %v", cut, gotHead, got)
		}
		if gotHead, got := parseJournal(append(content, tail...)); gotHead != head || len(got) < 2 || !slices.Equal(got[:2], cells) {
			t.Errorf("before %q: %v, %v", tail, gotHead, got)
		}
		head, cells = parseJournal(tail)
		if head.Session == 0 {
			return
		}
		content = journalLine(head)
		for _, c := range cells {
			content = append(content, journalLine(c)...)
		}
		if gotHead, got := parseJournal(content); gotHead != head || !reflect.DeepEqual(got, cells) {
			t.Errorf("%v, %v is read back as %v, %v", head, cells, gotHead, got)
		}
	})
}
