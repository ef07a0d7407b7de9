//go:build !js

package history

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// gather puts into the database what is in the journals of other sessions, so that a
// question finds every cell that has been answered. Those that nobody holds are removed
// when that is done. It is called in a transaction, which nobody else has meanwhile.
func (d *database) gather() error {
	if !d.ahead {
		return nil
	}
	folder := filepath.Dir(d.path)
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil // it has a database, so its journals are all that is missed
	}
	for _, file := range files {
		if !file.Type().IsRegular() || !strings.HasPrefix(file.Name(), journalName(d.path)) {
			continue
		}
		path := filepath.Join(folder, file.Name())
		if d.journal != nil && path == d.journal.file.Name() {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue // its session has ended, or it is another user's
		}
		left := lock(f) == nil
		// Its session may empty it now: then all that was in it is in the database.
		content, err := io.ReadAll(io.LimitReader(f, longestJournal))
		if left && err == nil {
			d.left = append(d.left, f)
		} else {
			f.Close()
		}
		if err := d.take(parseJournal(content)); err != nil {
			return err
		}
	}
	return nil
}

// take adds cells of another session. They may be there already.
func (d *database) take(head journalHead, cells []journalCell) error {
	if len(cells) == 0 {
		return nil
	}
	if _, err := d.tx.Exec("INSERT OR IGNORE INTO sessions VALUES (?, ?)", head.Session, head.Start); err != nil {
		return err
	}
	var ours int
	if err := d.tx.QueryRow("SELECT count(*) FROM sessions WHERE session = ? AND start = ?", head.Session, head.Start).Scan(&ours); err != nil {
		return err
	}
	if ours == 0 {
		return nil // it began in a database that somebody has removed
	}
	for _, c := range cells {
		if _, err := d.tx.Stmt(d.cell).Exec(head.Session, c.Number, c.Input); err != nil {
			return err
		}
	}
	return nil
}

// release gives journals up that were left over, and removes them if all of them is in
// the database.
func (d *database) release(gathered bool) {
	for _, f := range d.left {
		if gathered {
			_ = os.Remove(f.Name())
		}
		f.Close()
	}
	d.left = nil
}
