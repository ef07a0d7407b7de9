package modules

import (
	"embed"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Functions without a body are written in assembly, or are those of another
// package by way of //go:linkname. Cells have neither. Where pure Go can do what
// such a function does, it stands in for it: files of _standins for single
// packages, linked for what packages link to in the runtime. A package with
// other assembly is refused; a function with another link fails when it is
// called.

//go:embed _standins
var standIns embed.FS

// standInsFor returns the source of functions that stand in for those of a
// package, or nil.
func standInsFor(pkgPath string) ([]byte, error) {
	data, err := standIns.ReadFile("_standins/" + strings.ReplaceAll(pkgPath, "/", "_") + ".go.txt")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// linked has, for functions of the runtime that packages link to, what does the
// same; p0, p1 and so on are the parameters.
var linked = map[string]struct{ imports, body string }{
	"runtime.fastrand":    {"math/rand/v2", "return rand.Uint32()"},
	"runtime.cheaprand":   {"math/rand/v2", "return rand.Uint32()"},
	"runtime.fastrand64":  {"math/rand/v2", "return rand.Uint64()"},
	"runtime.rand":        {"math/rand/v2", "return rand.Uint64()"},
	"runtime.fastrandn":   {"math/rand/v2", "return uint32(uint64(rand.Uint32()) * uint64(p0) >> 32)"},
	"runtime.cheaprandn":  {"math/rand/v2", "return uint32(uint64(rand.Uint32()) * uint64(p0) >> 32)"},
	"runtime.nanotime":    {"time", "return int64(time.Since(time.Time{}.AddDate(2000, 0, 0)))"},
	"runtime.memhash":     {"hash/maphash;unsafe", "return uintptr(maphash.Bytes(goschedSeed, unsafe.Slice((*byte)(p0), int(p2)))) ^ uintptr(p1)*0x9e3779b1"},
	"runtime.strhash":     {"hash/maphash", "return uintptr(maphash.String(goschedSeed, *(*string)(p0))) ^ uintptr(p1)*0x9e3779b1"},
	"runtime.procyield":   {"runtime", "runtime.Gosched()"},
	"sync.runtime_doSpin": {"runtime", "runtime.Gosched()"},
	"runtime.typehash": {"hash/maphash;reflect;unsafe", `var t any
		(*[2]unsafe.Pointer)(unsafe.Pointer(&t))[0] = unsafe.Pointer(p0)
		return uintptr(maphash.Comparable(goschedSeed, reflect.NewAt(reflect.TypeOf(t), p1).Elem().Interface())) ^ p2*0x9e3779b1`},
	"runtime.getAuxv":      {"", "return nil"},
	"runtime.vgetrandom":   {"", "return -1, false"},
	"sync.runtime_canSpin": {"", "return false"},
}

// bodies gives functions without a body what stands in for them, and returns the
// files that it adds.
func (l *Loader) bodies(p *Package, stands []byte) ([]*ast.File, error) {
	var added []*ast.File
	defined := map[string]ast.Decl{}
	var standin *ast.File
	if stands != nil {
		var err error
		standin, err = parser.ParseFile(l.fset, p.Path+"/standin.go", stands, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range standin.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				defined[d.Name.Name] = d
			}
		}
		standin.Decls = slices.DeleteFunc(standin.Decls, func(d ast.Decl) bool {
			_, isFunc := d.(*ast.FuncDecl)
			return isFunc
		})
	}
	var written []string // functions in place of links
	imports := map[string]bool{}
	for _, f := range p.Files {
		links := linknames(f)
		var kept []ast.Decl
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body != nil {
				kept = append(kept, d)
				continue
			}
			p.odd = true
			if in := defined[fd.Name.Name]; in != nil && fd.Recv == nil {
				if len(added) == 0 {
					added = append(added, standin)
				}
				standin.Decls = append(standin.Decls, in)
				continue
			}
			target, isLink := links[fd.Name.Name]
			if !isLink {
				if len(p.info.SFiles) > 0 || len(p.info.CgoFiles) > 0 {
					return nil, l.assembly(p, fd)
				}
				target = p.Path + "." + fd.Name.Name // pushed from elsewhere
			}
			do, ok := linked[target]
			if !ok {
				fd.Body = failing(fd, fmt.Sprintf("%s is the runtime's %s by way of //go:linkname, which code in cells cannot reach", fd.Name.Name, target))
				kept = append(kept, fd)
				continue
			}
			for imp := range strings.SplitSeq(do.imports, ";") {
				if imp != "" {
					imports[imp] = true
				}
			}
			written = append(written, "func "+fd.Name.Name+l.signature(fd)+" { "+do.body+" }")
		}
		f.Decls = kept
	}
	if len(written) == 0 {
		return added, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n", p.info.Name)
	for imp := range imports {
		fmt.Fprintf(&b, "import %q\n", imp)
	}
	if imports["hash/maphash"] {
		b.WriteString("var goschedSeed = maphash.MakeSeed()\n")
	}
	b.WriteString(strings.Join(written, "\n"))
	f, err := parser.ParseFile(l.fset, p.Path+"/linked.go", b.String(), parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("package %q: %w", p.Path, err)
	}
	return append(added, f), nil
}

// signature writes a function's signature with parameters p0, p1…, as it stands
// in its file.
func (l *Loader) signature(fd *ast.FuncDecl) string {
	pos := l.fset.Position(fd.Type.Params.Pos())
	src, err := os.ReadFile(pos.Filename)
	if err != nil {
		return "()"
	}
	base := pos.Offset - int(fd.Type.Params.Pos())
	text := func(n ast.Node) string { return string(src[base+int(n.Pos()) : base+int(n.End())]) }
	var params []string
	for _, field := range fd.Type.Params.List {
		for range max(1, len(field.Names)) {
			params = append(params, "p"+strconv.Itoa(len(params))+" "+text(field.Type))
		}
	}
	sig := "(" + strings.Join(params, ", ") + ")"
	if r := fd.Type.Results; r != nil {
		sig += " " + text(r)
	}
	return sig
}

// linknames are the links of a file: what a name of its stands for.
func linknames(f *ast.File) map[string]string {
	links := map[string]string{}
	for _, g := range f.Comments {
		for _, c := range g.List {
			w := strings.Fields(c.Text)
			if len(w) == 3 && w[0] == "//go:linkname" {
				links[w[1]] = w[2]
			}
		}
	}
	return links
}

// failing is a body that says why it cannot be run.
func failing(fd *ast.FuncDecl, why string) *ast.BlockStmt {
	at := fd.Pos()
	return &ast.BlockStmt{Lbrace: at, Rbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{
		Fun: &ast.Ident{NamePos: at, Name: "panic"}, Lparen: at, Rparen: at,
		Args: []ast.Expr{&ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: strconv.Quote(why)}},
	}}}}
}

// assembly is the error for a function that there is only in assembly.
func (l *Loader) assembly(p *Package, fd *ast.FuncDecl) error {
	pos := l.fset.Position(fd.Pos())
	file := assemblyOf(p, fd.Name.Name)
	return fmt.Errorf("package %q cannot be used here: %s (%s:%d) is written in assembly (%s), and there is no pure Go in its place",
		p.Path, fd.Name.Name, filepath.Base(pos.Filename), pos.Line, file)
}

// assemblyOf finds the file that has a function.
func assemblyOf(p *Package, name string) string {
	for _, s := range p.info.SFiles {
		data, err := os.ReadFile(filepath.Join(p.Dir, s))
		if err == nil && strings.Contains(string(data), "·"+name+"(SB)") {
			return s
		}
	}
	return strings.Join(slices.Clone(p.info.SFiles), ", ")
}
