package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A journal is a file beside the database with the cells of a session that may not be in
// the database yet. A cell is in it with one system call, and from then on outlives the
// process. Its session holds a lock on it; a journal that nobody holds is left over from
// a session that was killed.
type journal struct {
	file *os.File
	head int64 // bytes before the cells
	size int64
}

// A journal's lines are JSON behind its checksum, so that half a line is seen for what it
// is. The first one has a head, the others have cells.
type (
	journalHead struct {
		Session int    `json:"session"`
		Start   string `json:"start"` // tells it from that of another database with the number
	}
	journalCell struct {
		Number int    `json:"line"`
		Input  string `json:"source"`
	}
)

// longestJournal is how many bytes are written to a journal before a cell waits for the
// database, whereupon the journal is emptied.
const longestJournal = 256 << 10

// journalName is what the names of a database's journals begin with. They are removed
// with the database by who removes history.sqlite*.
func journalName(database string) string { return filepath.Base(database) + "-cells-" }

// newJournal makes the journal of a session. No other session looks for journals
// meanwhile: the caller is in a transaction of the database.
func newJournal(database string, head journalHead) (*journal, error) {
	f, err := os.CreateTemp(filepath.Dir(database), journalName(database)+"*")
	if err != nil {
		return nil, err
	}
	j := &journal{file: f}
	err = lock(f)
	if err == nil {
		err = j.write(journalLine(head))
	}
	if err != nil {
		j.remove()
		return nil, err
	}
	j.head = j.size
	return j, nil
}

// add writes a cell, and reports whether it is in the journal.
func (j *journal) add(c journalCell) bool {
	line := journalLine(c)
	return j.size+int64(len(line)) <= longestJournal && j.write(line) == nil
}

func (j *journal) write(line []byte) error {
	n, err := j.file.WriteAt(line, j.size)
	if err == nil {
		j.size += int64(n)
	} // and else the next line is written over what there is of this one
	return err
}

// empty forgets the cells.
func (j *journal) empty() {
	if j.size > j.head && j.file.Truncate(j.head) == nil {
		j.size = j.head
	}
}

// long reports whether the journal must be emptied soon.
func (j *journal) long() bool { return j.size > longestJournal/2 }

// close leaves the journal to whoever opens the database next.
func (j *journal) close() { _ = j.file.Close() }

// remove removes the journal while it is held, so that nobody takes it for a left one.
func (j *journal) remove() {
	_ = os.Remove(j.file.Name())
	j.close()
}

func journalLine(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it has numbers and text only
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(text), text)
}

// parseJournal reads what there is of a journal. It ends before the first line that is
// not as it was written: what comes after was being written, and so has nobody's word.
func parseJournal(content []byte) (head journalHead, cells []journalCell) {
	for line := range bytes.Lines(content) {
		if head.Session == 0 {
			if !parseLine(line, &head) || head.Session <= 0 {
				return journalHead{}, nil
			}
			continue
		}
		var c journalCell
		if !parseLine(line, &c) {
			break
		}
		cells = append(cells, c)
	}
	return head, cells
}

func parseLine(line []byte, into any) bool {
	sum, text, _ := strings.Cut(string(line), " ")
	text, whole := strings.CutSuffix(text, "\n")
	want, err := strconv.ParseUint(sum, 16, 32)
	return whole && err == nil && uint32(want) == crc32.ChecksumIEEE([]byte(text)) && json.Unmarshal([]byte(text), into) == nil
}
