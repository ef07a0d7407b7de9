package modules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

// sums are the known checksums: those of go.sum files, and those that the
// checksum database has answered in this session.
type sums struct {
	d *downloader

	mu     sync.Mutex
	known  map[module.Version][]string // of go.sum files
	added  map[module.Version]string   // verified in this session
	files  []string
	db     *sumdb.Client
	dbName string
	dbErr  error
	dbOnce sync.Once
}

func newSums(d *downloader) *sums {
	return &sums{d: d, known: map[module.Version][]string{}, added: map[module.Version]string{}}
}

// read adds the checksums of a go.sum file, which need not exist.
func (s *sums) read(file string) error {
	data, err := readLocked(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 3 {
			return fmt.Errorf("%s:%d: a line of go.sum is a module, a version and a checksum; correct or remove it", file, n)
		}
		m := module.Version{Path: f[0], Version: f[1]}
		if !slices.Contains(s.known[m], f[2]) {
			s.known[m] = append(s.known[m], f[2])
		}
	}
	s.files = append(s.files, file)
	return nil
}

// A MismatchError says that a module is not what it was.
type MismatchError struct {
	Module    string
	Got, Want string
	By        string // who says what it ought to be
	advice    string
}

// What to do, by whom the checksum is from.
const (
	ofSumFile  = "if go.sum is wrong, take its lines out there, or else ask for another version"
	ofDatabase = "ask for another version, and tell those who publish it"
)

func (e *MismatchError) Error() string {
	return fmt.Sprintf("its checksum is %s, and %s says %s: it has been changed since, on its way or by who published it, and is not used; %s",
		e.Got, e.By, e.Want, e.advice)
}

// check verifies a checksum. For a go.mod file the version ends in "/go.mod".
func (s *sums) check(ctx context.Context, m module.Version, hash string) error {
	s.mu.Lock()
	known, added, files := s.known[m], s.added[m], s.files
	s.mu.Unlock()
	if added == hash || slices.Contains(known, hash) {
		return nil
	}
	for _, k := range known {
		if strings.HasPrefix(k, "h1:") {
			return &MismatchError{Module: m.String(), Got: hash, Want: k, By: strings.Join(files, ", "), advice: ofSumFile}
		}
	}
	if added != "" {
		return &MismatchError{Module: m.String(), Got: hash, Want: added, By: "what was downloaded before", advice: ofDatabase}
	}
	if s.d.env.verified(m.Path) {
		if err := s.lookUp(ctx, m, hash); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.added[m] = hash
	return nil
}

// lookUp asks the checksum database.
func (s *sums) lookUp(ctx context.Context, m module.Version, hash string) error {
	s.dbOnce.Do(s.dial)
	if s.dbErr != nil {
		return s.dbErr
	}
	lines, err := s.db.Lookup(m.Path, m.Version)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("its checksum cannot be verified: %w; the checksum database %s can be left out for modules that GONOSUMDB names", err, s.dbName)
	}
	want := ""
	prefix := m.Path + " " + m.Version + " h1:"
	for _, line := range lines {
		if line == m.Path+" "+m.Version+" "+hash {
			return nil
		}
		if strings.HasPrefix(line, prefix) {
			want = strings.TrimPrefix(line, m.Path+" "+m.Version+" ")
		}
	}
	if want == "" {
		return nil // the database does not know: then nobody can
	}
	return &MismatchError{Module: m.String(), Got: hash, Want: want, By: "the checksum database " + s.dbName, advice: ofDatabase}
}

// knownDatabases are the keys of databases that GOSUMDB may name without one.
var knownDatabases = map[string]string{
	"sum.golang.org": "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
}

// dial sets up the client of the checksum database. Nothing is asked yet.
func (s *sums) dial() {
	setting := s.d.env.SumDB
	if setting == "sum.golang.google.cn" {
		setting = "sum.golang.org https://sum.golang.google.cn"
	}
	f := strings.Fields(setting)
	if len(f) == 0 || len(f) > 2 {
		s.dbErr = fmt.Errorf("GOSUMDB is %q; it is a name or key, and an address", setting)
		return
	}
	if k := knownDatabases[f[0]]; k != "" {
		f[0] = k
	}
	v, err := note.NewVerifier(f[0])
	if err != nil {
		s.dbErr = fmt.Errorf("GOSUMDB is %q, which is neither a known database nor a key: %w", setting, err)
		return
	}
	ops := &sumOps{d: s.d, key: f[0], name: v.Name()}
	if len(f) == 2 {
		if ops.base = f[1]; !strings.Contains(ops.base, "://") {
			ops.base = "https://" + ops.base
		}
	}
	s.dbName, s.db = v.Name(), sumdb.NewClient(ops)
}

// lines are the go.sum lines of some versions, and of the go.mod files of others, sorted,
// and those that the files had.
func (s *sums) lines(use, read map[module.Version]bool) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := maps.Clone(s.known)
	for m, h := range s.added {
		version, isMod := strings.CutSuffix(m.Version, "/go.mod")
		v := module.Version{Path: m.Path, Version: version}
		if (use[v] || isMod && read[v]) && len(all[m]) == 0 {
			all[m] = []string{h}
		}
	}
	list := slices.Collect(maps.Keys(all))
	module.Sort(list)
	var b bytes.Buffer
	for _, m := range list {
		for _, h := range all[m] {
			fmt.Fprintf(&b, "%s %s %s\n", m.Path, m.Version, h)
		}
	}
	return b.Bytes()
}

// sumOps is the world around a client of the checksum database: it keeps what
// it knows where the go command does.
type sumOps struct {
	d    *downloader
	key  string
	name string

	once sync.Once
	base string
	err  error
}

// find looks how the database is to be reached: by a proxy that says that it
// stands in for it, or else by itself.
func (o *sumOps) find() {
	if o.base != "" {
		return
	}
	if o.d.proxyErr != nil {
		o.err = o.d.proxyErr
		return
	}
	for _, p := range o.d.proxies {
		if p.url == "off" || p.url == "direct" {
			break
		}
		base := p.url + "/sumdb/" + o.name
		_, err := o.d.client.get(context.Background(), base+"/supported")
		if err == nil {
			o.base = base
			return
		}
		if !errors.Is(err, errNotThere) && !p.anyError {
			o.err = err
			return
		}
	}
	o.base = "https://" + o.name
}

func (o *sumOps) ReadRemote(path string) ([]byte, error) {
	if o.once.Do(o.find); o.err != nil {
		return nil, o.err
	}
	u, err := url.Parse(o.base + path)
	if err != nil {
		return nil, err
	}
	return o.d.client.get(context.Background(), u.String())
}

func (o *sumOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(o.key), nil
	}
	data, err := readLocked(filepath.Join(o.d.env.SumDBDir, filepath.FromSlash(file)))
	if errors.Is(err, fs.ErrNotExist) {
		return []byte{}, nil // the first time
	}
	return data, err
}

func (o *sumOps) WriteConfig(file string, was, now []byte) error {
	name := filepath.Join(o.d.env.SumDBDir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return transformLocked(name, func(data []byte) ([]byte, error) {
		if len(data) > 0 && !bytes.Equal(data, was) {
			return nil, sumdb.ErrWriteConflict
		}
		return now, nil
	})
}

func (o *sumOps) cached(file string) string {
	return filepath.Join(o.d.env.ModCache, "cache", "download", "sumdb", filepath.FromSlash(file))
}

func (o *sumOps) ReadCache(file string) ([]byte, error) {
	data, err := readLocked(o.cached(file))
	if len(data) == 0 && err == nil {
		return nil, fs.ErrNotExist // one that was being written
	}
	return data, err
}

func (o *sumOps) WriteCache(file string, data []byte) {
	name := o.cached(file)
	if os.MkdirAll(filepath.Dir(name), 0o777) == nil {
		_ = writeLocked(name, bytes.NewReader(data), 0o666) // it is a cache
	}
}

func (o *sumOps) Log(string) {}

func (o *sumOps) SecurityError(string) {} // Lookup returns it, too

// matches holds a checksum against those of go.sum files only.
func (s *sums) matches(m module.Version, hash string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.known[m]
	if len(known) == 0 || slices.Contains(known, hash) {
		return nil
	}
	return &MismatchError{Module: m.String(), Got: hash, Want: known[0], By: strings.Join(s.files, ", "), advice: ofSumFile}
}
