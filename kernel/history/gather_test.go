package history

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// What sessions have left that were killed is taken over once, by whoever comes first of
// those that begin, and by those that only ask.
func TestJournalsLeft(t *testing.T) {
	path := journaled(t)
	const killed, cells = 5, 20
	var want []string
	for s := range killed {
		h := opened(t, path)
		for n := range cells {
			<-h.Add(n+1, fmt.Sprintf("%d %d", s, n))
			want = append(want, fmt.Sprintf("%d/%d %d %d", s+1, n+1, s, n))
		}
		abandon(h)
		if s == 2 { // half a line, and nothing
			f, err := os.OpenFile(journals(t, path)[0], os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			line := journalLine(journalCell{cells + 1, "never said to be written"})
			if _, err := f.Write(line[:len(line)-1]); err != nil {
				t.Fatal(err)
			}
			f.Close()
			write(t, path+"-cells-empty", "")
			write(t, path+"-cells-damaged", "00000000 {}\n")
			if err := os.Mkdir(path+"-cells-folder", 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	var work sync.WaitGroup
	for s := range 6 {
		work.Go(func() {
			h := opened(t, path)
			defer closed(t, h)
			if s%2 == 0 {
				<-h.Add(1, "of the next sessions")
			}
			if got := texts(h.Search(t.Context(), "[0-9]*", false, -1)); got != strings.Join(want, "|") {
				t.Errorf("session %d: %s", s, got)
			}
		})
	}
	work.Wait()
	if files := journals(t, path); len(files) != 1 || !strings.HasSuffix(files[0], "-folder") {
		t.Errorf("left: %v", files)
	}
	h := opened(t, path)
	defer closed(t, h)
	next := h.Search(t.Context(), "of the next*", false, -1)
	if len(next) != 3 || next[0].Session != killed+1 || next[2].Session != killed+3 {
		t.Errorf("sessions after that: %s", texts(next))
	}
}

// A session that is in its journal only, since the machine has lost the database's last
// pages, keeps its number, and no other one gets it.
func TestJournalOfUnknownSession(t *testing.T) {
	path := journaled(t)
	h := opened(t, path)
	<-h.Add(1, "known")
	closed(t, h)
	write(t, path+"-cells-1", string(journalLine(journalHead{2, "lost"}))+string(journalLine(journalCell{1, "lost"})))
	h = opened(t, path)
	<-h.Add(1, "next")
	defer closed(t, h)
	if got := texts(h.Tail(t.Context(), -1)); got != "1/1 known|2/1 lost|3/1 next" {
		t.Error(got)
	}
}

// Cells of a session whose database was removed do not come into another one's place.
func TestJournalOfAnotherDatabase(t *testing.T) {
	path := journaled(t)
	old := opened(t, path)
	<-old.Add(1, "old")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil {
			t.Fatal(err)
		}
	}
	h := opened(t, path)
	defer closed(t, h)
	<-h.Add(1, "new")
	<-old.Add(1, "not as old")
	if got := texts(h.Tail(t.Context(), -1)); got != "1/1 new" {
		t.Error(got)
	}
	abandon(old)
}

const killedVariable = "GOSCHED_TEST_KILLED_SESSION"

// A session is killed with no word to it, as soon as it has said that a cell is safe.
func TestKilled(t *testing.T) {
	if path := os.Getenv(killedVariable); path != "" {
		h := opened(t, path)
		for n := 1; ; n++ {
			<-h.Add(n, fmt.Sprint("cell ", n))
			fmt.Println("written", n)
		}
	}
	path := journaled(t)
	var want []string
	for i, last := range []int{1, 2, 3, 30, 300, 3000, 10000} { // of the last, the database has some
		program := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		program.Env = append(os.Environ(), killedVariable+"="+path)
		out, err := program.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != fmt.Sprint("written ", last); {
		}
		if err := program.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = program.Wait()
		for n := 1; n <= last; n++ {
			want = append(want, fmt.Sprintf("%d/%d cell %d", i+1, n, n))
		}
	}
	h := opened(t, path)
	var all []Entry
	for tries, answered := 0, false; !answered; tries++ { // the machine may be busy
		if tries == 20 {
			t.Fatal("the history does not answer")
		}
		all, answered = h.ask(t.Context(), func(db *database) ([]Entry, error) { return db.tail(-1) })
	}
	got := make(map[string]bool)
	for _, e := range all {
		got[texts([]Entry{e})] = true
	}
	var lost []string
	for _, cell := range want {
		if !got[cell] {
			lost = append(lost, cell)
		}
	}
	if len(lost) > 0 {
		t.Errorf("of %d cells %d are lost, the first is %s", len(want), len(lost), lost[0])
	}
	closed(t, h)
	if files := journals(t, path); len(files) != 0 {
		t.Errorf("left: %v", files)
	}
}
