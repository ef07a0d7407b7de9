//go:build !go1.27

package shadow

import (
	"database/sql"

	"github.com/gosched/gosched/kernel/stdlib/native"
)

// SQLNullScan is (*sql.Null[T]).Scan.
func SQLNullScan[T any](n *sql.Null[T], value any) error {
	if value == nil {
		n.V, n.Valid = *new(T), false
		return nil
	}
	n.Valid = true
	return native.ConvertAssign(&n.V, value)
}
