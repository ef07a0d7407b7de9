package install

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// A fileLock is an advisory lock between processes. It ends with the process.
type fileLock struct{ file *flock.Flock }

// A holding is a way to hold a file: shared or alone.
type holding func(*flock.Flock) (bool, error)

func shared(f *flock.Flock) (bool, error) { return f.TryRLock() }
func alone(f *flock.Flock) (bool, error)  { return f.TryLock() }

// errHeld says that somebody else's lock is in the way.
var errHeld = errors.New("another process holds it")

// lockPoll is how often a held lock is tried again.
const lockPoll = 200 * time.Millisecond

// lockFile locks a file. While somebody else's lock is in the way, waiting is
// called once.
func lockFile(ctx context.Context, path string, how holding, waiting func()) (*fileLock, error) {
	for tries := 0; ; tries++ {
		lock, err := tryLockFile(path, how)
		if !errors.Is(err, errHeld) {
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

// tryLockFile locks a file, or returns errHeld.
func tryLockFile(path string, how holding) (*fileLock, error) {
	lock := &fileLock{flock.New(path, flock.SetPermissions(0o644))}
	if err := lock.change(how); err != nil {
		return nil, errors.Join(err, lock.close())
	}
	// Whoever held it may have deleted the file: such a lock holds nothing.
	held, err := lock.file.Stat()
	if now, nowErr := os.Stat(path); err != nil || nowErr != nil || !os.SameFile(held, now) {
		return nil, errors.Join(errHeld, lock.close())
	}
	return lock, nil
}

// change turns a lock that is held into one of the other kind, at once or not
// at all.
func (l *fileLock) change(how holding) error {
	ok, err := how(l.file)
	if err == nil && !ok {
		err = errHeld
	}
	return err
}

func (l *fileLock) close() error { return l.file.Close() }
