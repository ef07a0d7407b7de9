package registry

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync/atomic"
)

// A sqlDriver is whatever driver was registered last under a name.
type sqlDriver struct{ now atomic.Pointer[driver.Driver] }

// Open implements driver.Driver.
func (d *sqlDriver) Open(name string) (driver.Conn, error) { return (*d.now.Load()).Open(name) }

// OpenConnector implements driver.DriverContext, also for drivers that do not.
func (d *sqlDriver) OpenConnector(name string) (driver.Connector, error) {
	now := *d.now.Load()
	if c, ok := now.(driver.DriverContext); ok {
		return c.OpenConnector(name)
	}
	return dsnConnector{name, now}, nil
}

// A dsnConnector opens connections of a driver that has no connectors.
type dsnConnector struct {
	name   string
	driver driver.Driver
}

// Connect implements driver.Connector.
func (c dsnConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }

// Driver implements driver.Connector.
func (c dsnConnector) Driver() driver.Driver { return c.driver }

// SQLRegister is sql.Register.
func (r *Registry) SQLRegister(o Owner, name string, d driver.Driver) {
	if d == nil {
		sql.Register(name, d) // panics as it does
		return
	}
	r.register(o, key{kind: "database driver", name: name},
		func() any {
			slot := &sqlDriver{}
			slot.now.Store(&d)
			sql.Register(name, slot)
			return slot
		},
		func(old any) any {
			old.(*sqlDriver).now.Store(&d)
			return old
		})
}
