package modules

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Texts are those of a package's files, which are read when something of them is
// needed.
type texts struct {
	dir     string
	entries []fileEntry
	files   []*token.File

	mu   sync.Mutex
	read [][]byte
}

func (t *texts) text(i int) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.read[i] != nil {
		return t.read[i], nil
	}
	name := filepath.Join(t.dir, t.entries[i].name)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if hashOf(data) != t.entries[i].hash {
		return nil, fmt.Errorf("%s is not what it was when its module was downloaded; go clean -modcache, and get it again", name)
	}
	t.read[i] = data
	return data, nil
}

// at is a set of files in which the next file begins where that of a text does, so
// that what is in it has the positions that it has there.
func (t *texts) at(file, offset, before int) (*token.FileSet, error) {
	fset := token.NewFileSet()
	pad := t.files[file].Base() + offset - before - 2
	if pad < 0 {
		return nil, errNotKept
	}
	fset.AddFile("", 1, pad)
	return fset, nil
}

// expr is an expression in a file.
func (t *texts) expr(at spanEntry) (ast.Expr, error) {
	text, err := t.text(at.file)
	if err != nil {
		return nil, err
	}
	fset, err := t.at(at.file, at.start, 0)
	if err != nil {
		return nil, err
	}
	return parser.ParseExprFrom(fset, "", text[at.start:at.end], parser.SkipObjectResolution)
}

// Aparts are the functions of a package whose bodies are in files that have not been
// parsed.
type aparts struct {
	texts *texts
	files []*ast.File // in the order of their positions
}

// find returns the function whose name is at a place.
func (as *aparts) find(pos token.Pos) (a apart, ok bool) {
	if as == nil {
		return a, false
	}
	i, _ := slices.BinarySearchFunc(as.files, pos, func(f *ast.File, pos token.Pos) int { return cmp.Compare(f.FileEnd, pos) })
	if i == len(as.files) || pos < as.files[i].FileStart {
		return a, false
	}
	f, funcs := as.files[i], as.texts.entries[i].funcs
	n, ok := slices.BinarySearchFunc(funcs, int(pos-f.FileStart), func(fe funcEntry, at int) int { return cmp.Compare(fe.pos, at) })
	if !ok || funcs[n].kind != plainFunc && funcs[n].kind != plainMethod {
		return a, false
	}
	return apart{as.texts, i, funcs[n], f}, true
}

// An apart is a function whose body is in a file that has not been parsed.
type apart struct {
	texts *texts
	file  int
	funcEntry
	of *ast.File
}

// at is the position of a place in its file.
func (a *apart) at(offset int) token.Pos { return a.of.FileStart + token.Pos(offset) }

func (a *apart) decl() (*ast.FuncDecl, error) {
	text, err := a.texts.text(a.file)
	if err != nil {
		return nil, err
	}
	const clause = "package p;"
	fset, err := a.texts.at(a.file, a.start, len(clause))
	if err != nil {
		return nil, err
	}
	f, err := parser.ParseFile(fset, "", slices.Concat([]byte(clause), text[a.start:a.end]), parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if len(f.Decls) == 1 {
		if d, ok := f.Decls[0].(*ast.FuncDecl); ok {
			return d, nil
		}
	}
	return nil, fmt.Errorf("%s has no function at %d", a.texts.entries[a.file].name, a.start)
}
