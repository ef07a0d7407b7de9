package assist

import (
	"context"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/session"
)

// Inspect tells about the name under the cursor, a byte offset in source: its
// declaration, documentation and, for a session variable, its value. Where
// there is no name, it tells about the function in whose arguments the cursor
// is. With detail 0 it gives the beginning of long documentation.
func Inspect(ctx context.Context, env *Env, source string, cursor, detail int) (session.Inspection, error) {
	cursor = min(max(cursor, 0), len(source))
	switch p, at := placeOf(source, cursor); p {
	case inText:
		// The cursor may be in a string that is an argument.
		cursor = at
	case inMagic:
		return inspectMagic(env, source, at), nil
	case inImport:
		path, _, _ := strings.Cut(source[at:], `"`)
		path, _, _ = strings.Cut(path, "\n")
		return inspectPackage(env, path, detail), nil
	}
	if err := ctx.Err(); err != nil {
		return session.Inspection{}, err
	}
	start, end := identAround(source, cursor)
	if start == end {
		start, end = callee(source, cursor)
	}
	if start == end {
		return session.Inspection{}, nil
	}
	name := source[start:end]
	if tok := token.Lookup(name); tok.IsKeyword() {
		return page{head: "keyword " + name, doc: keywords[tok]}.inspection(detail), nil
	}
	c := &completer{env: env}
	if env.Checker != nil {
		c.checked = env.Checker.CheckLenient(cell.Balance([]byte(source)))
	}
	c.pos = c.position(start)
	obj := c.object(name)
	if obj == nil {
		if path := env.importPath(name); path != "" && !afterDot(source, start) {
			return inspectPackage(env, path, detail), nil
		}
		return session.Inspection{}, nil
	}
	return c.describe(obj).inspection(detail), nil
}

// callee finds the name of the function in whose arguments offset is: the one
// before the innermost parenthesis that is open there.
func callee(src string, offset int) (start, end int) {
	type open struct{ at, end int } // of a bracket, and of the name before it
	var stack []open
	file := token.NewFileSet().AddFile("", -1, offset)
	var s scanner.Scanner
	s.Init(file, []byte(src[:offset]), func(token.Position, string) {}, 0)
	nameEnd := 0
	for {
		pos, tok, lit := s.Scan()
		at := file.Offset(pos)
		switch tok {
		case token.EOF:
			for i := len(stack) - 1; i >= 0; i-- {
				if stack[i].end > 0 {
					return identStart(src, stack[i].end), stack[i].end
				}
			}
			return 0, 0
		case token.LPAREN:
			stack = append(stack, open{at, nameEnd})
		case token.LBRACK, token.LBRACE:
			stack = append(stack, open{at, 0})
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		}
		nameEnd = 0
		if tok == token.IDENT {
			nameEnd = at + len(lit)
		}
	}
}

// object finds what the identifier at the position stands for.
func (c *completer) object(name string) types.Object {
	if c.checked == nil {
		return types.Universe.Lookup(name)
	}
	for i := len(c.path) - 1; i >= 0; i-- {
		id, ok := c.path[i].(*ast.Ident)
		if !ok || id.Pos() != c.pos {
			continue
		}
		if obj := c.checked.Info.Uses[id]; obj != nil {
			return obj
		}
		if obj := c.checked.Info.Defs[id]; obj != nil {
			return obj
		}
	}
	for _, n := range c.path {
		s, ok := n.(*ast.SelectorExpr)
		if !ok || s.Sel.Pos() != c.pos {
			continue
		}
		// Not resolved: perhaps of a package that nothing has imported yet.
		if id, ok := s.X.(*ast.Ident); ok {
			if pkg := c.packageNamed(id); pkg != nil {
				return pkg.Scope().Lookup(name)
			}
		}
		return nil
	}
	return c.checked.lookup(name, c.pos)
}

// A page is what is said about one thing.
type page struct {
	head  string // Go
	path  string // of the package whose documentation it is; empty for the session's own
	value string
	doc   string // text of a doc comment
	extra string // Go, with detail only
}

// maxDoc is how long documentation is shown without detail.
const maxDoc = 1500

func (p page) inspection(detail int) session.Inspection {
	text, markdown := p.head, "```go\n"+p.head+"\n```\n"
	add := func(t, m string) {
		if t = strings.TrimSpace(t); t != "" {
			text += "\n\n" + t
			markdown += "\n" + strings.TrimSpace(m) + "\n"
		}
	}
	if p.value != "" {
		add("value: "+p.value, "value:"+fence(p.value))
	}
	if p.doc != "" {
		short := p.doc
		if detail == 0 && len(short) > maxDoc {
			if i := strings.LastIndex(short[:maxDoc], "\n\n"); i > 0 {
				short = short[:i] + "\n\n…"
			}
		}
		parser := &comment.Parser{LookupSym: func(string, string) bool { return true }}
		parsed := parser.Parse(short)
		pr := &comment.Printer{
			HeadingLevel: 4,
			HeadingID:    func(*comment.Heading) string { return "" },
			DocLinkURL:   p.link,
		}
		add(string(pr.Text(parsed)), string(pr.Markdown(parsed)))
	}
	if p.extra != "" {
		add(p.extra, "```go\n"+p.extra+"\n```")
	}
	return session.Inspection{Found: true, Bundle: session.Bundle{Data: map[string]any{
		"text/plain": text, "text/markdown": markdown,
	}}}
}

// link is where a name in documentation leads.
func (p page) link(l *comment.DocLink) string {
	if l.ImportPath == "" {
		l.ImportPath = p.path
	}
	if l.ImportPath == "" {
		return ""
	}
	return l.DefaultURL("https://pkg.go.dev")
}

// fence is text as it is, in Markdown.
func fence(s string) string {
	ticks := "```"
	for strings.Contains(s, ticks) {
		ticks += "`"
	}
	return "\n" + ticks + "text\n" + s + "\n" + ticks
}

// describe says what obj is.
func (c *completer) describe(obj types.Object) page {
	q := c.qualifier()
	switch obj := obj.(type) {
	case *types.PkgName:
		p := packagePage(c.env, obj.Imported().Path())
		if obj.Name() != obj.Imported().Name() {
			p.head = fmt.Sprintf("import %s %q", obj.Name(), obj.Imported().Path())
		}
		return p
	case *types.Builtin:
		b := builtins[obj.Name()]
		return page{head: b.head, doc: b.doc}
	case *types.Nil:
		return page{head: "nil", doc: "nil is the zero value of pointers, functions, interfaces, slices, channels and maps."}
	}
	p := page{head: types.ObjectString(obj, q), doc: c.docOf(obj)}
	if obj.Pkg() != nil && obj.Pkg().Path() != c.checked.Package.Path() {
		p.path = obj.Pkg().Path()
	}
	switch obj := obj.(type) {
	case *types.TypeName:
		if obj.Pkg() == nil {
			p.head, p.doc = "type "+obj.Name(), c.env.doc("builtin", obj.Name())
			break
		}
		p.head = c.typeDecl(obj)
		p.extra = c.methods(obj.Type())
	case *types.Const:
		p.head = fmt.Sprintf("const %s %s = %s", obj.Name(), types.TypeString(obj.Type(), q), obj.Val())
	case *types.Var:
		if !obj.IsField() && c.env.Value != nil && c.isSession(obj) {
			if v, ok := c.env.Value(obj.Name()); ok {
				p.value = v
			}
		}
	}
	return p
}

// isSession says whether obj is a name of the session and not of a function.
func (c *completer) isSession(obj types.Object) bool {
	for _, s := range c.checked.scopesAt(c.pos) {
		if s.Lookup(obj.Name()) == obj {
			return c.checked.holdsSession(s)
		}
	}
	return false
}

// maxFields is how much of a struct or interface is shown.
const maxFields = 40

// typeDecl is the declaration of a named type, struct fields on lines.
func (c *completer) typeDecl(obj *types.TypeName) string {
	q := c.qualifier()
	head := types.ObjectString(obj, q)
	st, ok := obj.Type().Underlying().(*types.Struct)
	i := strings.Index(head, " struct{")
	if !ok || i < 0 || obj.IsAlias() {
		return head
	}
	var b strings.Builder
	b.WriteString(head[:i] + " struct {\n")
	hidden, n := 0, 0
	for f := range st.Fields() {
		if !accessible(f, c.checked.Package) || n == maxFields {
			hidden++
			continue
		}
		n++
		if f.Embedded() {
			fmt.Fprintf(&b, "\t%s\n", types.TypeString(f.Type(), q))
		} else {
			fmt.Fprintf(&b, "\t%s %s\n", f.Name(), types.TypeString(f.Type(), q))
		}
	}
	if hidden > 0 {
		b.WriteString("\t// and other fields\n")
	}
	b.WriteString("}")
	return b.String()
}

// methods lists the methods of t, a line each.
func (c *completer) methods(t types.Type) string {
	if types.IsInterface(t) {
		return ""
	}
	var lines []string
	for _, m := range members(t, c.checked.Package, true) {
		if f, ok := m.(*types.Func); ok && f.Signature().Recv() != nil {
			lines = append(lines, fmt.Sprintf("func (%s) %s%s", types.TypeString(f.Signature().Recv().Type(), c.qualifier()), f.Name(), c.signature(f)))
		}
	}
	return strings.Join(lines, "\n")
}

// docOf finds the documentation of obj: in the cell, or where the environment
// has it.
func (c *completer) docOf(obj types.Object) string {
	if c.checked != nil && c.checked.Cell != nil {
		if d := docInCell(c.checked.Cell, obj.Pos()); d != "" {
			return d
		}
	}
	if obj.Pkg() == nil {
		return ""
	}
	name := obj.Name()
	switch obj := obj.(type) {
	case *types.Func:
		if recv := obj.Signature().Recv(); recv != nil {
			name = typeNameOf(recv.Type()) + "." + name
		}
	case *types.Var:
		if !obj.IsField() {
			break
		}
		// A field does not know its struct.
		for _, n := range c.path {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Pos() == c.pos {
				if t := c.checked.Info.Types[s.X].Type; t != nil {
					return c.env.doc(obj.Pkg().Path(), typeNameOf(t)+"."+name)
				}
			}
		}
		return ""
	}
	return c.env.doc(obj.Pkg().Path(), name)
}

func typeNameOf(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// docInCell is the doc comment on the name that is declared at pos.
func docInCell(c *cell.Cell, pos token.Pos) string {
	for _, d := range c.Decls {
		if pos < d.Pos() || pos > d.End() {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Pos() == pos {
				return d.Doc.Text()
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if pos < s.Pos() || pos > s.End() {
					continue
				}
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.Pos() == pos {
						return firstText(s.Doc, d.Doc, s.Comment)
					}
					return fieldDoc(s, pos)
				case *ast.ValueSpec:
					return firstText(s.Doc, d.Doc, s.Comment)
				}
			}
		}
	}
	return ""
}

// fieldDoc is the comment on the field or method that is declared at pos.
func fieldDoc(n ast.Node, pos token.Pos) (text string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			for _, id := range f.Names {
				if id.Pos() == pos {
					text = firstText(f.Doc, f.Comment)
				}
			}
		}
		return text == ""
	})
	return text
}

func firstText(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if t := g.Text(); t != "" {
			return t
		}
	}
	return ""
}

func packagePage(env *Env, path string) page {
	return page{head: fmt.Sprintf("import %q", path), path: path, doc: env.doc(path, "")}
}

func inspectPackage(env *Env, path string, detail int) session.Inspection {
	for _, p := range env.Packages {
		if p.Path == path {
			return packagePage(env, path).inspection(detail)
		}
	}
	return session.Inspection{}
}

func inspectMagic(env *Env, source string, at int) session.Inspection {
	line, _, _ := strings.Cut(source[at:], "\n")
	title, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if m := env.magic(title); m != nil {
		return page{head: title, doc: m.Help()}.inspection(1)
	}
	return session.Inspection{}
}
