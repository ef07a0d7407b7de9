package modules

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// CacheVariable is the environment variable that says where type data of modules
// is kept: a folder, or "off".
const CacheVariable = "GOSCHED_CACHE"

// CacheDir is the folder in which type data of modules is kept from session to
// session, or empty.
func CacheDir() (string, error) {
	switch dir := os.Getenv(CacheVariable); {
	case dir == "off":
		return "", nil
	case dir != "" && !filepath.IsAbs(dir):
		return "", fmt.Errorf("%s is %q: it takes the whole path of a folder, or off", CacheVariable, dir)
	case dir != "":
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for what is kept from session to session: %w", err)
	}
	return filepath.Join(dir, "gosched", "types"), nil
}

// A store keeps data under keys that are hashes of what it was made from. Whatever
// goes wrong with it, it has not got something.
type store struct {
	dir    string
	pruned sync.Once
}

// Bounds on what a store keeps, and how often it notes that something is used.
const (
	mostStored = 256 << 20
	noteUse    = 24 * time.Hour
)

func (s *store) file(key string) string { return filepath.Join(s.dir, key) }

// What is kept begins with a sum and its length, by which accidents of a disk are known:
// who may write it can have the session run anything.
const sumSize = 12

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sumOf(data []byte) []byte {
	sum := binary.BigEndian.AppendUint64(nil, uint64(len(data)))
	return binary.BigEndian.AppendUint32(sum, crc32.Checksum(data, castagnoli))
}

// get returns what has been put under a key, whole.
func (s *store) get(key string) ([]byte, bool) {
	data, err := os.ReadFile(s.file(key))
	if err != nil || len(data) < sumSize || !bytes.Equal(sumOf(data[sumSize:]), data[:sumSize]) {
		return nil, false
	}
	if i, err := os.Stat(s.file(key)); err == nil && time.Since(i.ModTime()) > noteUse {
		now := time.Now()
		_ = os.Chtimes(s.file(key), now, now)
	}
	return data[sumSize:], true
}

// put keeps data under a key. Others never see a part of it.
func (s *store) put(key string, data []byte) error {
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return err
	}
	s.pruned.Do(s.prune)
	f, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(sumOf(data), data...))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.file(key))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// prune deletes what has not been used for longest where there is too much, and what
// writers have left behind.
func (s *store) prune() { s.pruneTo(mostStored) }

func (s *store) pruneTo(most int64) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	var list []fs.FileInfo
	var total int64
	for _, e := range entries {
		if i, err := e.Info(); err == nil && i.Mode().IsRegular() {
			if i.Name()[0] == '.' && time.Since(i.ModTime()) < time.Hour {
				continue // somebody is writing it
			}
			list = append(list, i)
			total += i.Size()
		}
	}
	slices.SortFunc(list, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	target := most
	if total > most {
		target = most / 2
	}
	for _, i := range list {
		if total > target || i.Name()[0] == '.' {
			if os.Remove(s.file(i.Name())) == nil {
				total -= i.Size()
			}
		}
	}
}
