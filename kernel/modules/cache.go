package modules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	modzip "golang.org/x/mod/zip"
)

// A downloader fills Go's module cache. It is safe for concurrent use, also
// beside other processes that use the same cache.
type downloader struct {
	env      Env
	proxies  []proxy
	proxyErr error
	client   *client
	sums     *sums

	mu       sync.Mutex
	progress func(Progress) // may be nil
}

// Progress says that a module's archive is being downloaded.
type Progress struct {
	Module string // path@version
	Bytes  int64  // so far
	Done   bool
}

func newDownloader(env Env) *downloader {
	d := &downloader{env: env, client: newClient()}
	d.proxies, d.proxyErr = parseProxies(env.Proxy)
	d.sums = newSums(d)
	return d
}

func (d *downloader) tell(p Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.progress != nil {
		d.progress(p)
	}
}

func (d *downloader) setProgress(f func(Progress)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.progress = f
}

// file is where the cache keeps something of a module: "info", "mod", "zip"…
func (d *downloader) file(m module.Version, suffix string) (string, error) {
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(d.env.ModCache, "cache", "download", filepath.FromSlash(path), "@v", version+"."+suffix), nil
}

// dir is the folder into which a module is extracted.
func (d *downloader) dir(m module.Version) (string, error) {
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(d.env.ModCache, filepath.FromSlash(path)+"@"+version), nil
}

// lock takes the go command's lock on a version of a module.
func (d *downloader) lock(m module.Version) (unlock func(), err error) {
	file, err := d.file(m, "lock")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return nil, err
	}
	return lockMutex(file)
}

// small returns one of the small files of a version, "info" or "mod", from the
// cache or else from a proxy. Check has to approve of what comes from there.
func (d *downloader) small(ctx context.Context, m module.Version, suffix string, check func([]byte) error) ([]byte, error) {
	file, err := d.file(m, suffix)
	if err != nil {
		return nil, err
	}
	if data, err := os.ReadFile(file); err == nil {
		if err := check(data); err != nil {
			return nil, err
		}
		return data, nil
	}
	var data []byte
	err = d.try(m.Path, func(base string) (err error) {
		version, err := module.EscapeVersion(m.Version)
		if err != nil {
			return err
		}
		data, err = d.client.get(ctx, base+"/@v/"+version+"."+suffix)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := check(data); err != nil {
		return nil, err
	}
	if err := writeNew(file, data); err != nil {
		return nil, err
	}
	return data, nil
}

// writeNew writes a file of the cache so that nobody ever sees half of it.
func writeNew(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+"*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing, once it has been renamed
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// goMod returns a version's go.mod file, verified.
func (d *downloader) goMod(ctx context.Context, m module.Version) ([]byte, error) {
	data, err := d.small(ctx, m, "mod", func(data []byte) error {
		hash, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(string(data))), nil
		})
		if err != nil {
			return err
		}
		return d.sums.check(ctx, module.Version{Path: m.Path, Version: m.Version + "/go.mod"}, hash)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m, d.said(m, err))
	}
	return data, nil
}

// present returns the folder of a module that the cache has, whole.
func (d *downloader) present(m module.Version) (dir string, ok bool) {
	dir, err := d.dir(m)
	if err != nil {
		return "", false
	}
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		return "", false
	}
	partial, err := d.file(m, "partial")
	if err != nil {
		return "", false
	}
	if _, err := os.Stat(partial); !errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	return dir, true
}

// fetch returns the folder of a module, verified, which it downloads if the
// cache has not got it.
func (d *downloader) fetch(ctx context.Context, m module.Version) (dir string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", m, d.said(m, err))
		}
	}()
	dir, err = d.dir(m)
	if err != nil {
		return "", err
	}
	zipFile, err := d.file(m, "zip")
	if err != nil {
		return "", err
	}
	hashFile := zipFile + "hash"
	if _, ok := d.present(m); ok {
		if hash, err := os.ReadFile(hashFile); err == nil {
			return dir, d.sums.check(ctx, m, strings.TrimSpace(string(hash)))
		}
	}
	unlock, err := d.lock(m)
	if err != nil {
		return "", err
	}
	defer unlock()
	hash, err := os.ReadFile(hashFile)
	if _, statErr := os.Stat(zipFile); err != nil || statErr != nil {
		if _, err := d.fetchZip(ctx, m, zipFile, hashFile); err != nil {
			return "", err
		}
	} else if err := d.sums.check(ctx, m, strings.TrimSpace(string(hash))); err != nil {
		return "", err
	}
	if _, ok := d.present(m); ok {
		return dir, nil
	}
	return dir, d.extract(m, zipFile, dir)
}

// fetchZip downloads and verifies a module's archive. Nothing is in the cache
// before that.
func (d *downloader) fetchZip(ctx context.Context, m module.Version, zipFile, hashFile string) (hash []byte, err error) {
	f, err := os.CreateTemp(filepath.Dir(zipFile), filepath.Base(zipFile)+"*.tmp")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	d.tell(Progress{Module: m.String()})
	err = d.try(m.Path, func(base string) error {
		version, err := module.EscapeVersion(m.Version)
		if err != nil {
			return err
		}
		r, err := d.client.open(ctx, base+"/@v/"+version+".zip")
		if err != nil {
			return err
		}
		defer r.Close()
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		n, err := io.Copy(f, io.LimitReader(&counted{Reader: r, d: d, module: m.String()}, modzip.MaxZipFile+1))
		if err == nil && n > modzip.MaxZipFile {
			err = fmt.Errorf("its archive is larger than %d MB, the most there may be", modzip.MaxZipFile>>20)
		}
		if err != nil {
			return err
		}
		return f.Truncate(n)
	})
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o644); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	if _, err := modzip.CheckZip(m, f.Name()); err != nil {
		return nil, fmt.Errorf("its archive is broken: %w", err)
	}
	sum, err := dirhash.HashZip(f.Name(), dirhash.DefaultHash)
	if err != nil {
		return nil, err
	}
	if err := d.sums.check(ctx, m, sum); err != nil {
		return nil, err
	}
	if err := writeNew(hashFile, []byte(sum)); err != nil {
		return nil, err
	}
	if err := os.Rename(f.Name(), zipFile); err != nil {
		return nil, err
	}
	d.tell(Progress{Module: m.String(), Done: true})
	return []byte(sum), nil
}

// counted tells how much has been read.
type counted struct {
	io.Reader
	d      *downloader
	module string
	n      int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	c.d.tell(Progress{Module: c.module, Bytes: c.n})
	return n, err
}

// extract unpacks a module, which is marked as partial until it is whole. The
// version's lock is held.
func (d *downloader) extract(m module.Version, zipFile, dir string) error {
	partial, err := d.file(m, "partial")
	if err != nil {
		return err
	}
	if err := removeTree(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(partial, nil, 0o666); err != nil {
		return err
	}
	if err := modzip.Unzip(dir, m, zipFile); err != nil {
		if removeTree(dir) == nil {
			_ = os.Remove(partial) // what is left of it is told by the error
		}
		return err
	}
	if err := os.Remove(partial); err != nil {
		return err
	}
	if d.env.Writable {
		return nil
	}
	return readOnly(dir)
}

// readOnly takes the right to write from folders, as the go command does, so
// that nobody changes what has been verified.
func readOnly(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		fi, err := e.Info()
		if err != nil {
			return err
		}
		return os.Chmod(path, fi.Mode()&^0o222)
	})
}

// removeTree removes what is left of a module that was not extracted whole.
func removeTree(dir string) error {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			err = os.Chmod(path, 0o777)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(dir)
}

// cached is the newest version that the cache has of the module of a package, or
// empty.
func (d *downloader) cached(pkgPath string) (newest string) {
	for p := pkgPath; p != "." && p != "/" && newest == ""; p = path.Dir(p) {
		escaped, err := module.EscapePath(p)
		if err != nil {
			continue
		}
		files, err := os.ReadDir(filepath.Join(d.env.ModCache, "cache", "download", filepath.FromSlash(escaped), "@v"))
		if err != nil {
			continue
		}
		for _, f := range files {
			name, ok := strings.CutSuffix(f.Name(), ".ziphash")
			if v, err := module.UnescapeVersion(name); ok && err == nil {
				newest = newer(newest, v)
			}
		}
	}
	return newest
}

// said puts errors of downloading into words.
func (d *downloader) said(m module.Version, err error) error {
	var full *fs.PathError
	switch {
	case errors.Is(err, errNotThere):
		return fmt.Errorf("there is no such version; %%get %s@latest takes the newest one", m.Path)
	case errors.As(err, &full) && noSpace(full.Err):
		return diskFull(full.Path)
	case errors.As(err, &full) && (within(d.env.ModCache, full.Path) || within(full.Path, d.env.ModCache)):
		return fmt.Errorf("the module cache cannot be used (%w); GOMODCACHE in the kernel's environment names another folder", full)
	}
	return err
}

func diskFull(file string) error {
	return fmt.Errorf("the disk is full: %s could not be written; make room and try again", file)
}
