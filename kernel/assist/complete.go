package assist

import (
	"cmp"
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/session"
)

// placeholder stands where an identifier will be, so that the parser sees a
// whole expression. No program has a name like it.
const placeholder = "ꙮ"

// maxMatches is how many completions are offered.
const maxMatches = 500

// Complete returns what may stand at the cursor, a byte offset in source. The
// likeliest come first: fields and methods, local names, session names,
// keywords, packages that can be imported.
func Complete(ctx context.Context, env *Env, source string, cursor int) (session.Completion, error) {
	cursor = min(max(cursor, 0), len(source))
	start := identStart(source, cursor)
	none := session.Completion{Start: cursor, End: cursor}
	switch p, at := placeOf(source, cursor); p {
	case inText, inNumber:
		return none, nil
	case inImport:
		return completeImport(env, source[at:cursor], at), nil
	case inMagic:
		return completeMagic(env, source[at:cursor], at), nil
	}
	if err := ctx.Err(); err != nil {
		return none, err
	}
	c := &completer{env: env, prefix: source[start:cursor], seen: map[string]bool{}}
	// The rest of an identifier that the cursor is in would make another
	// name of it; what is before the cursor is what counts.
	_, end := identAround(source, cursor)
	text := source[:start] + placeholder + source[end:]
	if env.Checker != nil {
		c.checked = env.Checker.CheckLenient(cell.Balance([]byte(text)))
	}
	c.pos = c.position(start)
	if afterDot(source, start) {
		c.selected()
	} else {
		c.names()
	}
	return session.Completion{Start: start, End: cursor, Matches: c.sorted()}, nil
}

type completer struct {
	env     *Env
	checked *Checked
	prefix  string
	pos     token.Pos // of the placeholder
	path    []ast.Node
	seen    map[string]bool
	found   []candidate
}

type candidate struct {
	session.Match
	class int // the lower, the earlier in the list
}

// Classes of candidates in the order of the list.
const (
	classField = iota
	classLocal
	classSession
	classUniverse
	classKeyword
	classPackage
)

// position makes a position of an offset and finds the nodes around it,
// outermost first.
func (c *completer) position(offset int) token.Pos {
	if c.checked == nil || c.checked.Cell == nil {
		return token.NoPos
	}
	pos := token.Pos(c.checked.Cell.File.Base() + offset)
	c.path = enclosing(c.checked.Cell, pos)
	return pos
}

// add offers a name if it fits what has been typed.
func (c *completer) add(class int, text, kind, signature string) {
	name := strings.TrimRight(text, ": ")
	if name == "_" || name == placeholder || c.seen[name] || !hasPrefixFold(name, c.prefix) {
		return
	}
	if !token.IsIdentifier(name) && !token.IsKeyword(name) {
		return // made up by the checker
	}
	c.seen[name] = true
	c.found = append(c.found, candidate{session.Match{Text: text, Kind: kind, Signature: signature}, class})
}

func (c *completer) addObject(class int, obj types.Object) {
	if hasPrefixFold(obj.Name(), c.prefix) {
		c.add(class, obj.Name(), kindOf(obj), c.signature(obj))
	}
}

// sorted is the list: exact case before other case within each class.
func (c *completer) sorted() []session.Match {
	slices.SortStableFunc(c.found, func(a, b candidate) int {
		return cmp.Or(
			cmp.Compare(a.class, b.class),
			-compareBool(strings.HasPrefix(a.Text, c.prefix), strings.HasPrefix(b.Text, c.prefix)),
			strings.Compare(a.Text, b.Text),
		)
	})
	c.found = c.found[:min(len(c.found), maxMatches)]
	matches := make([]session.Match, len(c.found))
	for i, f := range c.found {
		matches[i] = f.Match
	}
	return matches
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// selected offers what can stand after the dot.
func (c *completer) selected() {
	if c.checked == nil {
		return
	}
	var sel *ast.SelectorExpr
	for _, n := range c.path {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Pos() == c.pos {
			sel = s
		}
	}
	if sel == nil {
		return
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		if pkg := c.packageNamed(id); pkg != nil {
			for _, name := range pkg.Scope().Names() {
				if obj := pkg.Scope().Lookup(name); obj.Exported() {
					c.addObject(classField, obj)
				}
			}
			return
		}
	}
	tv, ok := c.checked.Info.Types[sel.X]
	if !ok || tv.Type == nil {
		return
	}
	for _, m := range members(tv.Type, c.checked.Package, tv.IsType()) {
		c.addObject(classField, m)
	}
}

// packageNamed is the package that id stands for.
func (c *completer) packageNamed(id *ast.Ident) *types.Package {
	obj := c.checked.Info.Uses[id]
	if obj == nil {
		obj = c.checked.lookup(id.Name, id.Pos())
	}
	if obj == nil {
		return c.env.importByName(id.Name)
	}
	if pkg, ok := obj.(*types.PkgName); ok {
		return pkg.Imported()
	}
	return nil
}

// names offers what can stand where an operand or statement begins.
func (c *completer) names() {
	if c.checked != nil {
		keyed := c.literalFields()
		if !keyed {
			c.scopes()
		}
	} else {
		c.universe()
	}
	if c.prefix == "" {
		return // everything else would be noise
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		if tok.IsKeyword() {
			c.add(classKeyword, tok.String(), "keyword", "")
		}
	}
	for _, p := range c.env.Packages {
		c.add(classPackage, p.Name, "module", `import "`+p.Path+`"`)
	}
}

// scopes offers the names in scope at the cursor.
func (c *completer) scopes() {
	for _, s := range c.checked.scopesAt(c.pos) {
		class := classSession
		switch {
		case s == types.Universe:
			c.universe()
			continue
		case !c.checked.holdsSession(s):
			class = classLocal
		}
		for _, name := range s.Names() {
			if obj := s.Lookup(name); visible(obj, s, c.pos) {
				c.addObject(class, obj)
			}
		}
	}
}

func (c *completer) universe() {
	if c.prefix == "" {
		return
	}
	for _, name := range types.Universe.Names() {
		c.addObject(classUniverse, types.Universe.Lookup(name))
	}
}

// literalFields offers the fields of the struct whose literal the cursor is
// in, and says whether nothing else can stand there.
func (c *completer) literalFields() (only bool) {
	var lit *ast.CompositeLit
	for i, n := range c.path {
		l, ok := n.(*ast.CompositeLit)
		if !ok || i+1 >= len(c.path) {
			continue
		}
		// The placeholder is an element or the key of one, not deeper.
		switch e := c.path[i+1].(type) {
		case *ast.Ident:
			if e.Pos() == c.pos && e != l.Type {
				lit = l
			}
		case *ast.KeyValueExpr:
			if e.Key.Pos() == c.pos {
				lit = l
			}
		}
	}
	if lit == nil {
		return false
	}
	tv, ok := c.checked.Info.Types[lit]
	if !ok || tv.Type == nil {
		return false
	}
	t := tv.Type.Underlying()
	if p, ok := t.(*types.Pointer); ok { // {…} for &T{…} in a slice
		t = p.Elem().Underlying()
	}
	st, ok := t.(*types.Struct)
	if !ok {
		return false
	}
	set := map[string]bool{}
	keyed, plain := false, false
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			keyed = true
			if id, ok := kv.Key.(*ast.Ident); ok && id.Pos() != c.pos {
				set[id.Name] = true
			}
		} else if e.Pos() != c.pos {
			plain = true
		}
	}
	if plain {
		return false
	}
	for f := range st.Fields() {
		if !set[f.Name()] && accessible(f, c.checked.Package) && hasPrefixFold(f.Name(), c.prefix) {
			c.add(classField, f.Name()+": ", "field", c.typeString(f.Type()))
		}
	}
	return keyed
}

func completeImport(env *Env, prefix string, at int) session.Completion {
	c := session.Completion{Start: at, End: at + len(prefix)}
	for _, p := range env.Packages {
		if strings.HasPrefix(p.Path, prefix) {
			c.Matches = append(c.Matches, session.Match{Text: p.Path, Kind: "module"})
		}
	}
	slices.SortFunc(c.Matches, func(a, b session.Match) int { return strings.Compare(a.Text, b.Text) })
	return c
}

func completeMagic(env *Env, prefix string, at int) session.Completion {
	end := at + len(prefix)
	name, rest, arguments := strings.Cut(prefix, " ")
	if arguments {
		return completeArguments(env, name, rest, end)
	}
	c := session.Completion{Start: at, End: end}
	for i := range env.Magics {
		for _, title := range env.Magics[i].titles() {
			if strings.HasPrefix(title, prefix) {
				c.Matches = append(c.Matches, session.Match{Text: title, Kind: "magic", Signature: env.Magics[i].Brief})
			}
		}
	}
	return c
}

// completeArguments completes the last word of what is written after a command.
func completeArguments(env *Env, name, rest string, end int) session.Completion {
	partial := rest[strings.LastIndexAny(rest, " \t")+1:]
	before := strings.Fields(strings.TrimSuffix(rest, partial))
	c := session.Completion{Start: end - len(partial), End: end}
	m := env.magic(name)
	if m == nil || m.Arguments == nil {
		return c
	}
	for _, match := range m.Arguments(before, partial) {
		if strings.HasPrefix(match.Text, partial) {
			c.Matches = append(c.Matches, match)
		}
	}
	return c
}

// magic returns the command with a name and its percent signs, or nil.
func (e *Env) magic(title string) *Magic {
	for i := range e.Magics {
		if slices.Contains(e.Magics[i].titles(), title) {
			return &e.Magics[i]
		}
	}
	return nil
}
