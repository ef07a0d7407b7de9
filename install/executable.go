package install

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// goRunCache matches the directory in which Go's build cache keeps what
// `go run` has linked: a hash and "-d".
var goRunCache = regexp.MustCompile(`^[0-9a-f]{64}-d$`)

// Transient says whether an executable is one that the go command has made for
// `go run` or `go test` and will delete by itself.
func Transient(executable string) bool {
	if goRunCache.MatchString(filepath.Base(filepath.Dir(executable))) {
		return true
	}
	for _, element := range strings.Split(filepath.ToSlash(executable), "/") {
		if strings.HasPrefix(element, "go-build") {
			return true
		}
	}
	return false
}

// copyFile copies a file to a new one with the given permissions.
func copyFile(from, to string, perm os.FileMode) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Chmod(perm) // whatever the umask
}
