//go:build !unix

package install

import "context"

// A fileLock does nothing where gosched is not supported anyway.
type fileLock struct{}

const (
	shared = iota
	alone
)

func lockFile(context.Context, string, int, func()) (*fileLock, error) { return &fileLock{}, nil }
func tryLockFile(string, int) (*fileLock, error)                       { return &fileLock{}, nil }
func (*fileLock) change(int) error                                     { return nil }
func (*fileLock) close() error                                         { return nil }
