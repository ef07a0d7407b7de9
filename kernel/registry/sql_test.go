package registry

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
)

// A refuser is a driver that says its name and that of the database whenever it is
// asked for a connection.
type refuser string

func (r refuser) Open(name string) (driver.Conn, error) {
	return nil, errors.New(string(r) + " " + name)
}

// A connector is a refuser with connectors of its own.
type connector struct{ refuser }

func (c connector) OpenConnector(name string) (driver.Connector, error) {
	return dsnConnector{"connector of " + name, c}, nil
}

func TestSQL(t *testing.T) {
	var r Registry
	first := run("a", 1)
	r.SQLRegister(first, "registry-test", refuser("one"))
	ping := func() string {
		db, err := sql.Open("registry-test", "file")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		return db.PingContext(context.Background()).Error()
	}
	if got := ping(); got != "one file" {
		t.Errorf("first it is %q", got)
	}
	if got := panicOf(func() { r.SQLRegister(first, "registry-test", refuser("two")) }); !strings.Contains(got, "called twice for driver") {
		t.Errorf("twice in one run: %q", got)
	}
	old, err := sql.Open("registry-test", "old")
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if d := old.Driver(); d != driver.Driver(refuser("one")) {
		t.Errorf("the driver is %v", d)
	}
	r.SQLRegister(run("a", 2), "registry-test", connector{"three"})
	if got := ping(); got != "three connector of file" {
		t.Errorf("run again: %q", got)
	}
	if got := panicOf(func() { r.SQLRegister(run("b", 3), "registry-test", refuser("four")) }); !strings.Contains(got, "by cell 2 already") {
		t.Errorf("another cell: %q", got)
	}
	if got := panicOf(func() { r.SQLRegister(run("b", 4), "registry-test-nil", nil) }); !strings.Contains(got, "driver is nil") {
		t.Errorf("no driver: %q", got)
	}
}
