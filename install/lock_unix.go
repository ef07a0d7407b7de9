//go:build unix

package install

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// A fileLock is an advisory lock between processes. It ends with the process.
type fileLock struct{ file *os.File }

// The ways to hold a file: with others, or alone.
const (
	shared = syscall.LOCK_SH
	alone  = syscall.LOCK_EX
)

// lockPoll is how often a held lock is tried again.
const lockPoll = 200 * time.Millisecond

// lockFile locks a file. While somebody else's lock is in the way, waiting is
// called once.
func lockFile(ctx context.Context, path string, how int, waiting func()) (*fileLock, error) {
	for tries := 0; ; tries++ {
		lock, err := tryLockFile(path, how)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return lock, err
		}
		if tries == 0 {
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// tryLockFile locks a file, or returns EWOULDBLOCK.
func tryLockFile(path string, how int) (*fileLock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	lock := &fileLock{file}
	if err := lock.change(how); err != nil {
		file.Close()
		return nil, err
	}
	// Whoever held it may have deleted the file: such a lock holds nothing.
	held, err := file.Stat()
	if now, nowErr := os.Stat(path); err != nil || nowErr != nil || !os.SameFile(held, now) {
		file.Close()
		return nil, syscall.EWOULDBLOCK
	}
	return lock, nil
}

// change turns a lock that is held into one of the other kind, at once or not
// at all.
func (l *fileLock) change(how int) error {
	return syscall.Flock(int(l.file.Fd()), how|syscall.LOCK_NB)
}

func (l *fileLock) close() error { return l.file.Close() }
