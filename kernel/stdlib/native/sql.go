package native

import (
	_ "database/sql" // declares convertAssign
	_ "unsafe"       // for go:linkname
)

// ConvertAssign copies src into what dest points to, converting it as a scan
// of a database row does.
func ConvertAssign(dest, src any) error { return convertAssign(dest, src) }

// Package database/sql promises to keep this name for those who link to it:
// https://go.dev/issue/67401.
//
//go:linkname convertAssign database/sql.convertAssign
func convertAssign(dest, src any) error
