package modules

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// In a browser the files are in memory and nobody else's.

func lockMutex(string) (unlock func(), err error) { return func() {}, nil }

func readLocked(file string) ([]byte, error) { return os.ReadFile(file) }

func writeLocked(file string, content io.Reader, perm fs.FileMode) error {
	data, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, perm)
}

func transformLocked(file string, f func([]byte) ([]byte, error)) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	data, err := f(old)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o666)
}
