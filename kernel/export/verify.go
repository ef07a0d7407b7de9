package export

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/vet"
)

// verify type-checks and vets what was written, and formats it. What does not
// pass is taken out of the program, for another round.
func (x *exporter) verify(mainText, testText string) (main, test []byte, err error) {
	for range 50 {
		if main, err = formatted(mainText); err != nil {
			x.blame(mainText)
			return nil, nil, x.unlessAgain(err)
		}
		if testText != "" {
			if test, err = formatted(testText); err != nil {
				return nil, nil, err
			}
		}
		c, err := x.typeCheck(main, test)
		if err != nil {
			return nil, nil, err
		}
		if edits := c.unusedFixes(); len(edits) > 0 {
			mainText = edits.apply(main, span{0, len(main)})
			continue
		}
		for _, e := range c.errs {
			x.leaveAt(c, e.Pos, "it does not compile in a program: "+e.Msg)
		}
		if len(c.errs) > 0 {
			return nil, nil, x.unlessAgain(c.errs[0])
		}
		warnings, err := vet.New().Check(vet.Package{Fset: c.fset, File: c.files[0], Types: c.pkg, Info: c.info, Sizes: types.SizesFor("gc", runtime.GOARCH)})
		if err != nil {
			return nil, nil, err
		}
		for _, w := range warnings {
			if w.Analyzer == "lostcancel" && x.hoistAt(c, w.Pos) {
				continue
			}
			x.leaveAt(c, w.Pos, "go vet refuses it: "+firstLine(w.Message))
		}
		return main, test, nil
	}
	return main, test, nil
}

func (x *exporter) unlessAgain(err error) error {
	if x.again {
		return nil
	}
	return err
}

// programPackages are what a program imports.
type programPackages struct{ *exporter }

// Import implements [types.Importer].
func (p programPackages) Import(path string) (*types.Package, error) {
	if path == p.o.Module+"/display" {
		path = display.Path
	}
	return p.packages.Import(path)
}

// A checked is the program after the type checker.
type checked struct {
	fset  *token.FileSet
	files []*ast.File
	text  []byte // of the first
	pkg   *types.Package
	info  *types.Info
	errs  []types.Error
	loose []types.Error // about what is declared and not used
}

func (x *exporter) typeCheck(main, test []byte) (*checked, error) {
	c := &checked{fset: token.NewFileSet(), text: main, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}}
	sources := map[string][]byte{"main.go": main}
	order := []string{"main.go"}
	if test != nil {
		sources["main_test.go"] = test
		order = append(order, "main_test.go")
	}
	m := &Module{Files: map[string][]byte{}}
	x.addHelpers(m)
	for name, text := range m.Files {
		if strings.Contains(name, "/") {
			continue
		}
		sources[name] = text
		order = append(order, name)
	}
	for _, name := range order {
		f, err := parser.ParseFile(c.fset, name, sources[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		c.files = append(c.files, f)
	}
	conf := types.Config{
		GoVersion: stdlib.GoVersion,
		Importer:  programPackages{x},
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			e, ok := err.(types.Error)
			if !ok {
				return
			}
			if notUsed.MatchString(e.Msg) {
				c.loose = append(c.loose, e)
				return
			}
			if !strings.HasPrefix(e.Msg, "\t") { // which goes on with the error before
				c.errs = append(c.errs, e)
			}
		},
	}
	c.pkg, _ = conf.Check("main", c.fset, c.files, c.info) // errors have gone to conf.Error
	return c, nil
}

// notUsed matches the message about what is declared and not used, which is another one
// for a variable of a type switch.
var notUsed = regexp.MustCompile(`^declared and not used: ([\pL_][\pL\d_]*)|^([\pL_][\pL\d_]*) declared and not used$`)

// unusedFixes use what is declared and not used, which a cell may do and a
// program may not.
func (c *checked) unusedFixes() edits {
	var e edits
	for _, u := range c.loose {
		m := notUsed.FindStringSubmatch(u.Msg)
		at, behind := c.useAt(u.Pos)
		if m == nil || at < 0 {
			c.errs = append(c.errs, u)
			continue
		}
		if name := m[1] + m[2]; behind {
			e.insert(at, "; _ = "+name)
		} else {
			e.insert(at, " _ = "+name+";")
		}
	}
	return e
}

// useAt is where a statement can stand in which a variable is used that is
// declared at a position: behind another statement, or at the beginning of a
// list of them.
func (c *checked) useAt(pos token.Pos) (at int, behind bool) {
	f := c.files[0]
	if at = -1; pos < f.FileStart || pos >= f.FileEnd {
		return at, false
	}
	offset := func(p token.Pos) int { return c.fset.Position(p).Offset }
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || pos >= n.End() {
			return false
		}
		inList := func(list []ast.Stmt) {
			for _, s := range list {
				if s.Pos() <= pos && pos < s.End() {
					at, behind = offset(s.End()), true
				}
			}
		}
		inHeader := func(body *ast.BlockStmt) {
			if pos < body.Pos() {
				at, behind = offset(body.Lbrace)+1, false
			}
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			inList(n.List)
		case *ast.CaseClause:
			inList(n.Body)
		case *ast.CommClause:
			inList(n.Body)
			if n.Comm != nil && n.Comm.Pos() <= pos && pos < n.Comm.End() {
				at, behind = offset(n.Colon)+1, false
			}
		case *ast.IfStmt:
			inHeader(n.Body)
		case *ast.ForStmt:
			inHeader(n.Body)
		case *ast.RangeStmt:
			inHeader(n.Body)
		case *ast.SwitchStmt, *ast.TypeSwitchStmt:
			var body *ast.BlockStmt
			if s, ok := n.(*ast.SwitchStmt); ok {
				body = s.Body
			} else {
				body = n.(*ast.TypeSwitchStmt).Body
			}
			if pos < body.Pos() && len(body.List) > 0 {
				at, behind = offset(body.List[0].(*ast.CaseClause).Colon)+1, false
			}
		}
		return true
	})
	return at, behind
}

var cellFunction = regexp.MustCompile(`^cell(\d+)_*$`)

// leaveAt takes out what stands at a position of the program: a cell's
// statements, or the cell that a declaration is of.
func (x *exporter) leaveAt(c *checked, pos token.Pos, reason string) {
	for _, f := range c.files {
		for _, d := range f.Decls {
			if pos < d.Pos() || pos >= d.End() {
				continue
			}
			x.leaveDecl(d, pos, reason)
			return
		}
	}
}

// hoistAt has all variables of the cell whose function is at a position hoisted,
// if they are not: what is the program's is not lost where the cell ends.
func (x *exporter) hoistAt(c *checked, pos token.Pos) bool {
	for _, d := range c.files[0].Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || pos < d.Pos() || pos >= d.End() {
			continue
		}
		for _, u := range x.units {
			if x.cellName(u) == f.Name.Name && !u.hoisted {
				u.state.hoist, x.again = true, true
				return true
			}
		}
	}
	return false
}

func (x *exporter) leaveDecl(d ast.Decl, pos token.Pos, reason string) {
	name, recv := "", ""
	switch d := d.(type) {
	case *ast.FuncDecl:
		name = d.Name.Name
		if d.Recv != nil && len(d.Recv.List) > 0 {
			recv = baseName(d.Recv.List[0].Type)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if s.Pos() <= pos && pos <= s.End() {
				switch s := s.(type) {
				case *ast.TypeSpec:
					name = s.Name.Name
				case *ast.ValueSpec:
					name = s.Names[0].Name
				}
			}
		}
	}
	if m := cellFunction.FindStringSubmatch(name); m != nil && recv == "" {
		number, _ := strconv.Atoi(m[1])
		for _, u := range x.units {
			if u.state.Number == number && x.cellName(u) == name {
				x.leave(u, declarations, "%s", reason)
				return
			}
		}
	}
	for o, written := range x.names.objects {
		if written != name && written != recv {
			continue
		}
		if v := x.byObject[o]; v != nil {
			if recv == "" {
				x.leave(v.of, nothing, "%s", reason)
				return
			}
			for _, m := range x.versions {
				if m.recv == v.names[0] && m.needed && m.names[0] == name {
					x.leave(m.of, nothing, "%s", reason)
					return
				}
			}
		}
		for _, u := range x.units {
			if u.variable(o) != nil {
				x.leave(u, nothing, "%s", reason)
				return
			}
		}
	}
}

func baseName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		return baseName(e.X)
	case *ast.IndexExpr:
		return baseName(e.X)
	case *ast.IndexListExpr:
		return baseName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// blame takes out the cell whose function, or else which of its declarations, is
// no Go.
func (x *exporter) blame(text string) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "main.go", text, parser.SkipObjectResolution)
	if err == nil || f == nil {
		return
	}
	line := 0
	if m := regexp.MustCompile(`:(\d+):`).FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	at := -1
	for i, l := range slices.Collect(strings.SplitSeq(text, "\n")) {
		if m := regexp.MustCompile(`^func (cell\d+_*)\(\) \{$`).FindStringSubmatch(l); m != nil && i < line {
			at, _ = strconv.Atoi(strings.TrimRight(m[1][len("cell"):], "_"))
		}
	}
	for _, u := range x.units {
		if u.state.Number == at {
			x.leave(u, declarations, "it does not compile in a program: %s", firstLine(err.Error()))
		}
	}
}
