//go:build !js

package modules

import (
	"io"
	"io/fs"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Files that the go command and other kernels use too are locked as it does.

func lockMutex(file string) (unlock func(), err error) { return lockedfile.MutexAt(file).Lock() }

func readLocked(file string) ([]byte, error) { return lockedfile.Read(file) }

func writeLocked(file string, content io.Reader, perm fs.FileMode) error {
	return lockedfile.Write(file, content, perm)
}

func transformLocked(file string, f func([]byte) ([]byte, error)) error {
	return lockedfile.Transform(file, f)
}
