package modules

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/mod/module"
)

// An Embed is a variable that a //go:embed directive fills.
type Embed struct {
	Var   string
	Files []string // sorted as embed.FS has them; names of folders end in a slash

	dir string // in which they are
}

// embeds finds a package's //go:embed directives and the files that they name.
func (l *Loader) embeds(p *Package) ([]Embed, error) {
	if len(p.info.EmbedPatterns)+len(p.info.TestEmbedPatterns)+len(p.info.XTestEmbedPatterns) == 0 {
		return nil, nil
	}
	var list []Embed
	for _, f := range p.Files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				doc := spec.Doc
				if doc == nil && !g.Lparen.IsValid() {
					doc = g.Doc
				}
				patterns, err := embedPatterns(doc)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", l.fset.Position(spec.Pos()), err)
				}
				if len(patterns) == 0 || len(spec.Names) != 1 {
					continue
				}
				files, err := embedded(p.Dir, patterns)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", l.fset.Position(spec.Pos()), err)
				}
				list = append(list, Embed{spec.Names[0].Name, files, p.Dir})
			}
		}
	}
	return list, nil
}

// embedPatterns are those of the directives in a comment.
func embedPatterns(doc *ast.CommentGroup) ([]string, error) {
	var patterns []string
	if doc == nil {
		return nil, nil
	}
	for _, c := range doc.List {
		rest, ok := strings.CutPrefix(c.Text, "//go:embed")
		if !ok || rest == "" || rest[0] != ' ' && rest[0] != '\t' {
			continue
		}
		for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
			if rest[0] == '"' || rest[0] == '`' {
				q, err := strconv.QuotedPrefix(rest)
				if err != nil {
					return nil, fmt.Errorf("//go:embed: %w", err)
				}
				name, err := strconv.Unquote(q)
				if err != nil {
					return nil, fmt.Errorf("//go:embed: %w", err)
				}
				patterns, rest = append(patterns, name), rest[len(q):]
				continue
			}
			name, more, _ := strings.Cut(rest, " ")
			patterns, rest = append(patterns, name), more
		}
	}
	return patterns, nil
}

// embedded lists the files that patterns name, with the rules of the go command.
func embedded(dir string, patterns []string) ([]string, error) {
	have := map[string]bool{}
	for _, pattern := range patterns {
		glob, all := strings.CutPrefix(pattern, "all:")
		if _, err := path.Match(glob, ""); err != nil || !fs.ValidPath(glob) {
			return nil, fmt.Errorf("//go:embed %s: that is no pattern for files", pattern)
		}
		matches, err := filepath.Glob(filepath.Join(quoteGlob(dir), filepath.FromSlash(glob)))
		if err != nil {
			return nil, err
		}
		n := 0
		for _, m := range matches {
			more, err := embedTree(dir, m, all, have)
			if err != nil {
				return nil, err
			}
			n += more
		}
		if n == 0 {
			return nil, fmt.Errorf("//go:embed %s: no files match it", pattern)
		}
	}
	var files []string
	folders := map[string]bool{}
	for name := range have {
		files = append(files, name)
		for up := path.Dir(name); up != "." && !folders[up]; up = path.Dir(up) {
			folders[up] = true
			files = append(files, up+"/")
		}
	}
	sort.Slice(files, func(i, j int) bool {
		di, ei := splitEmbedded(files[i])
		dj, ej := splitEmbedded(files[j])
		return di != dj && di < dj || di == dj && ei < ej
	})
	return files, nil
}

func quoteGlob(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// splitEmbedded divides a name as embed.FS sorts its files.
func splitEmbedded(name string) (dir, elem string) {
	name = strings.TrimSuffix(name, "/")
	dir, elem = path.Split(name)
	if dir == "" {
		return ".", elem
	}
	return strings.TrimSuffix(dir, "/"), elem
}

// embedTree adds a file, or those of a folder.
func embedTree(dir, match string, all bool, have map[string]bool) (n int, err error) {
	err = filepath.WalkDir(match, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		if file != match && (!all && (name[0] == '.' || name[0] == '_') || name == ".git") {
			if e.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if e.IsDir() {
			if file != dir && exists(filepath.Join(file, "go.mod")) {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if !e.Type().IsRegular() {
			return fmt.Errorf("//go:embed %s: it is no regular file", rel)
		}
		if err := module.CheckFilePath(rel); err != nil {
			return fmt.Errorf("//go:embed %s: %w", rel, err)
		}
		have[rel] = true
		n++
		return nil
	})
	return n, err
}

// read reads a file. What is returned is the caller's.
func (e *Embed) read(name string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(e.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, fmt.Errorf("//go:embed: %w", err)
	}
	return data, nil
}

// text reads a file that nobody changes, or has that of a folder.
func (e *Embed) text(name string) (string, error) {
	if strings.HasSuffix(name, "/") {
		return "", nil
	}
	data, err := e.read(name)
	return unsafe.String(unsafe.SliceData(data), len(data)), err
}

// Fill sets a variable to what is embedded in it: a string, bytes or an
// embed.FS. The variable must be addressable.
func (e *Embed) Fill(v reflect.Value) error {
	switch {
	case v.Kind() == reflect.String || v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		files := slices.DeleteFunc(slices.Clone(e.Files), func(f string) bool { return strings.HasSuffix(f, "/") })
		if len(files) != 1 {
			return fmt.Errorf("//go:embed: variable %s takes one file, and %d match", e.Var, len(files))
		}
		if v.Kind() == reflect.String {
			text, err := e.text(files[0])
			v.SetString(text)
			return err
		}
		data, err := e.read(files[0])
		v.SetBytes(data)
		return err
	case v.Kind() == reflect.Struct && v.NumField() == 1 && v.Field(0).Kind() == reflect.Pointer:
		return e.fillFS(v)
	}
	return fmt.Errorf("//go:embed: variable %s is of type %s, not a string, []byte or embed.FS", e.Var, v.Type())
}

// fillFS makes an embed.FS, which has a pointer to a slice of structs that begin
// with name and data.
func (e *Embed) fillFS(v reflect.Value) error {
	ptr := v.Field(0)
	if ptr.Type().Elem().Kind() != reflect.Slice || ptr.Type().Elem().Elem().Kind() != reflect.Struct {
		return fmt.Errorf("//go:embed: %s is not as this release of Go has it", v.Type())
	}
	list := reflect.MakeSlice(ptr.Type().Elem(), len(e.Files), len(e.Files))
	for i, f := range e.Files {
		text, err := e.text(f)
		if err != nil {
			return err
		}
		for name, value := range map[string]string{"name": f, "data": text} {
			field := list.Index(i).FieldByName(name)
			if !field.IsValid() || field.Kind() != reflect.String {
				return fmt.Errorf("//go:embed: %s is not as this release of Go has it", v.Type())
			}
			*(*string)(field.Addr().UnsafePointer()) = value
		}
	}
	files := reflect.New(list.Type())
	files.Elem().Set(list)
	*(*unsafe.Pointer)(ptr.Addr().UnsafePointer()) = files.UnsafePointer()
	return nil
}
