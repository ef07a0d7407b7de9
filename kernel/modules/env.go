package modules

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// An Env is how the go command is set up: what `go env` says of modules.
type Env struct {
	Proxy     string // GOPROXY
	NoProxy   string // GONOPROXY, or GOPRIVATE
	NoSumDB   string // GONOSUMDB, or GOPRIVATE
	SumDB     string // GOSUMDB, "off" where checksums are not looked up
	Insecure  string // GOINSECURE
	ModCache  string // GOMODCACHE, the folder
	SumDBDir  string // where the checksum database's last known state is
	Work      string // GOWORK
	Mod       string // -mod of GOFLAGS
	ModFile   string // -modfile of GOFLAGS
	Tags      []string
	Writable  bool // -modcacherw of GOFLAGS
	allowHTTP bool // -insecure of GOFLAGS
}

// Defaults of the go command.
const (
	defaultProxy = "https://proxy.golang.org,direct"
	defaultSumDB = "sum.golang.org"
)

// ReadEnv reads the settings: those of the environment first, then those that
// `go env -w` has written, then Go's own. Its error says which setting is wrong.
func ReadEnv() (Env, error) { return readEnv(os.Getenv) }

func readEnv(getenv func(string) string) (Env, error) {
	written, err := writtenSettings(getenv)
	if err != nil {
		return Env{}, err
	}
	get := func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return written[name]
	}
	private := get("GOPRIVATE")
	e := Env{
		Proxy:    or(get("GOPROXY"), defaultProxy),
		NoProxy:  or(get("GONOPROXY"), private),
		NoSumDB:  or(get("GONOSUMDB"), private),
		SumDB:    or(get("GOSUMDB"), defaultSumDB),
		Insecure: get("GOINSECURE"),
		ModCache: get("GOMODCACHE"),
		Work:     get("GOWORK"),
	}
	if v := getenv("GONOSUMCHECK"); v != "" && v != "0" {
		e.SumDB = "off" // what it was called before GONOSUMDB and GOSUMDB=off
	}
	gopath := get("GOPATH")
	if gopath == "" {
		home, err := os.UserHomeDir()
		if err != nil && e.ModCache == "" {
			return Env{}, fmt.Errorf("there is no place for downloaded modules: set GOMODCACHE or HOME (%w)", err)
		}
		gopath = filepath.Join(home, "go")
	}
	first := filepath.SplitList(gopath)[0]
	if e.ModCache == "" {
		e.ModCache = filepath.Join(first, "pkg", "mod")
	}
	e.SumDBDir = filepath.Join(first, "pkg", "sumdb")
	if !filepath.IsAbs(e.ModCache) {
		return Env{}, fmt.Errorf("GOMODCACHE must be an absolute path, and is %q", e.ModCache)
	}
	if err := e.flags(get("GOFLAGS")); err != nil {
		return Env{}, err
	}
	return e, nil
}

// flags reads those of GOFLAGS that have to do with modules. The go command
// refuses those that no command of its knows; the others are not for us.
func (e *Env) flags(goflags string) error {
	for _, f := range words(goflags) {
		name, value, has := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(f, "-"), "-"), "=")
		if !strings.HasPrefix(f, "-") {
			return fmt.Errorf("GOFLAGS holds %q, which is no flag; write it as -name=value", f)
		}
		switch name {
		case "mod":
			switch value {
			case "mod", "readonly", "vendor":
				e.Mod = value
			default:
				return fmt.Errorf("GOFLAGS says -mod=%s; it can be mod, readonly or vendor", value)
			}
		case "modfile":
			e.ModFile = value
		case "tags":
			e.Tags = append(e.Tags, strings.FieldsFunc(value, func(r rune) bool { return r == ',' })...)
		case "modcacherw":
			e.Writable = !has || value == "true" || value == "1"
		case "insecure":
			e.allowHTTP = !has || value == "true" || value == "1"
		}
	}
	return nil
}

// words are the flags in GOFLAGS: divided by spaces, or whole in quotes.
func words(goflags string) (list []string) {
	for {
		goflags = strings.TrimLeft(goflags, " \t\r\n")
		if goflags == "" {
			return list
		}
		end, rest := strings.IndexAny(goflags, " \t\r\n"), ""
		if quote := goflags[0]; quote == '"' || quote == '\'' {
			if end = strings.IndexByte(goflags[1:], quote); end >= 0 {
				goflags, rest = goflags[1:1+end], goflags[2+end:]
			}
		} else if end >= 0 {
			goflags, rest = goflags[:end], goflags[end:]
		}
		list, goflags = append(list, goflags), rest
	}
}

// writtenSettings reads the file that `go env -w` writes.
func writtenSettings(getenv func(string) string) (map[string]string, error) {
	file := getenv("GOENV")
	if file == "off" {
		return nil, nil
	}
	if file == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil, nil //nolint:nilerr // without a home there is no such file
		}
		file = filepath.Join(dir, "go", "env")
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the settings of the go command cannot be read: %w", err)
	}
	settings := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			settings[name] = value
		}
	}
	return settings, nil
}

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

// private reports whether a module is not to be asked of a proxy.
func (e *Env) private(path string) bool { return module.MatchPrefixPatterns(e.NoProxy, path) }

// verified reports whether the checksum database answers for a module.
func (e *Env) verified(path string) bool {
	return e.SumDB != "off" && !e.allowHTTP && !module.MatchPrefixPatterns(e.NoSumDB, path)
}
