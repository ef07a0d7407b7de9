//go:build !js

package history

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// A database is the history of all sessions. Its tables are called as IPython's
// are. One goroutine uses it at a time.
type database struct {
	sql     *sql.DB
	tx      *sql.Tx // of together
	cell    *sql.Stmt
	output  *sql.Stmt
	path    string
	session int        // this one's number, when it has a cell
	ahead   bool       // it has a log, and does not wait for the disk
	journal *journal   // the session's, if it has one
	left    []*os.File // journals that the transaction takes over
}

// busy is how long another kernel's write is waited for. Their writes take
// milliseconds.
const busy = 2 * time.Second

const schema = `
CREATE TABLE IF NOT EXISTS sessions (session INTEGER PRIMARY KEY AUTOINCREMENT, start TIMESTAMP);
CREATE TABLE IF NOT EXISTS history (session INTEGER, line INTEGER, source TEXT, PRIMARY KEY (session, line));
CREATE TABLE IF NOT EXISTS output_history (session INTEGER, line INTEGER, output TEXT, PRIMARY KEY (session, line));`

// open opens a database, and makes one where there is none. What people type is
// nobody else's business, so it is theirs alone.
func open(path string) (*database, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the history's folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	f.Close()
	query := url.Values{"_pragma": {fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "synchronous(normal)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	db.SetMaxOpenConns(1)
	var mode string
	if writesAhead(path) {
		// Another kernel may be in its way; then the file stays as it is for now.
		_ = db.QueryRow("PRAGMA journal_mode = wal").Scan(&mode)
	}
	if _, err := db.Exec(schema); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening the history %s: %w", path, err)
	}
	d := &database{sql: db, path: path, ahead: mode == "wal"}
	for into, query := range map[**sql.Stmt]string{&d.cell: insertCell, &d.output: insertOutput} {
		if *into, err = db.Prepare(query); err != nil {
			db.Close()
			return nil, fmt.Errorf("opening the history %s: %w", path, err)
		}
	}
	return d, nil
}

// These are said with every cell, and so are prepared.
const (
	insertCell   = "INSERT OR REPLACE INTO history VALUES (?, ?, ?)"
	insertOutput = "INSERT OR REPLACE INTO output_history VALUES (?, ?, ?)"
)

func (d *database) close() { _ = d.sql.Close() }

// together does jobs in one transaction.
func (d *database) together(jobs []job) (err error) {
	session, journal := d.session, d.journal
	tx, err := d.sql.Begin()
	if err != nil {
		return fmt.Errorf("the history cannot be used: %w", err)
	}
	d.tx = tx
	defer func() {
		d.tx = nil
		if err != nil {
			_ = tx.Rollback()
			if d.journal != journal {
				d.journal.remove()
			}
			d.session, d.journal = session, journal
		}
		d.release(err == nil)
	}()
	for _, j := range jobs {
		if err := j(d); err != nil {
			return fmt.Errorf("the history cannot be used: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("the history cannot be written: %w", err)
	}
	return nil
}

// begin gives the session a number, and a journal where there can be one. What was
// left over comes first, since the numbers of its sessions may be in journals only.
func (d *database) begin() error {
	if err := d.gather(); err != nil {
		return err
	}
	start := time.Now().UTC().Format(time.RFC3339Nano)
	r, err := d.tx.Exec("INSERT INTO sessions (start) VALUES (?)", start)
	if err != nil {
		return err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return err
	}
	d.session = int(id)
	if d.ahead {
		d.journal, _ = newJournal(d.path, journalHead{d.session, start}) // without one, cells wait for the database
	}
	return nil
}

// add adds a cell, and with the first one the session.
func (d *database) add(number int, input string) error {
	if d.session == 0 {
		if err := d.begin(); err != nil {
			return err
		}
	}
	_, err := d.tx.Stmt(d.cell).Exec(d.session, number, input)
	return err
}

func (d *database) setOutput(number int, output string) error {
	_, err := d.tx.Stmt(d.output).Exec(d.session, number, output)
	return err
}

const selectEntries = `
SELECT h.session, h.line, h.source, o.output
FROM history h LEFT JOIN output_history o ON h.session = o.session AND h.line = o.line `

// entries returns what a query finds.
func (d *database) entries(query string, args ...any) ([]Entry, error) {
	rows, err := d.tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Entry
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.Session, &e.Number, &e.Input, &e.Output); err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	return found, rows.Err()
}

// newest is what the last entries of a query are asked for with.
const newest = " ORDER BY h.session DESC, h.line DESC LIMIT ?"

func (d *database) tail(n int) ([]Entry, error) {
	found, err := d.entries(selectEntries+newest, n)
	slices.Reverse(found)
	return found, err
}

func (d *database) between(session, start int, stop *int) ([]Entry, error) {
	if session <= 0 {
		current := d.session
		if current == 0 { // it will be the next one
			var last sql.NullInt64
			if err := d.tx.QueryRow("SELECT max(session) FROM sessions").Scan(&last); err != nil && !errors.Is(err, sql.ErrNoRows) {
				return nil, err
			}
			current = int(last.Int64) + 1
		}
		session += current
	}
	query, args := selectEntries+"WHERE h.session = ? AND h.line >= ?", []any{session, start}
	if stop != nil {
		query, args = query+" AND h.line < ?", append(args, *stop)
	}
	return d.entries(query+" ORDER BY h.line", args...)
}

func (d *database) search(pattern string, unique bool, n int) ([]Entry, error) {
	query := selectEntries + "WHERE h.source GLOB ?"
	if unique {
		query += " AND NOT EXISTS (SELECT 1 FROM history l WHERE l.source = h.source AND (l.session, l.line) > (h.session, h.line))"
	}
	found, err := d.entries(query+newest, pattern, n)
	slices.Reverse(found)
	return found, err
}
