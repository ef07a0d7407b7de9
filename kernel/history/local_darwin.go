package history

import "golang.org/x/sys/unix"

// writesAhead reports whether SQLite's log can be used for a file: not on network file
// systems, which have no memory that processes share.
func writesAhead(path string) bool {
	var s unix.Statfs_t
	return unix.Statfs(path, &s) == nil && s.Flags&unix.MNT_LOCAL != 0
}
