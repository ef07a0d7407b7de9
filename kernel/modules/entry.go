package modules

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"go/token"
)

// An entry is what is kept of a package: its types, and where in its files the code
// is that they do not have.
type entry struct {
	files   []fileEntry
	inits   []initEntry // in the order of initialisation
	statics []staticEntry
	embeds  []embedEntry
	types   []byte // by package typedata
}

// An outline is what is kept of a package for whatever its imports are.
type outline struct {
	name    string
	imports []string
}

type fileEntry struct {
	name    string
	size    int
	hash    string
	lines   []int
	clause  int // where the package clause is
	version string
	imports []importEntry
	funcs   []funcEntry
}

type importEntry struct {
	name, path string
	pos        int
}

// Places are offsets in a file.
type funcEntry struct {
	name            string
	kind            int
	pos, start, end int
}

// Kinds of functions.
const (
	plainFunc = iota
	plainMethod
	genericFunc
	genericMethod
	initFunc // one that initialises the package
)

// A spanEntry is code in a file, for a variable.
type spanEntry struct {
	name             string
	file, start, end int
}

// A staticEntry is the value of a variable, by package values.
type staticEntry struct {
	name string
	data []byte
}

// An initEntry is an initial value. One of a variable named _ may have a type.
type initEntry struct {
	names []string
	poses []int
	value spanEntry
	typ   spanEntry
}

type embedEntry struct {
	name  string
	files []string
}

// A coder writes things, or reads them where they were written: what there is of
// each is listed once.
type coder struct {
	writing bool
	data    []byte
}

func (c *coder) int(p *int) {
	if c.writing {
		c.data = binary.AppendUvarint(c.data, uint64(*p))
		return
	}
	n, size := binary.Uvarint(c.data)
	if size <= 0 {
		panic("it ends early")
	}
	*p, c.data = int(n), c.data[size:]
}

func (c *coder) string(p *string) {
	b := []byte(*p)
	c.bytes(&b)
	*p = string(b)
}

// bytes reads what is part of the whole, which it keeps.
func (c *coder) bytes(p *[]byte) {
	n := len(*p)
	c.int(&n)
	if c.writing {
		c.data = append(c.data, *p...)
		return
	}
	if n < 0 || n > len(c.data) {
		panic("it ends early")
	}
	*p, c.data = c.data[:n:n], c.data[n:]
}

// ascending is a list of numbers, as the steps from each to the next.
func (c *coder) ascending(p *[]int) {
	n := len(*p)
	c.int(&n)
	if c.writing {
		before := 0
		for _, at := range *p {
			c.data = binary.AppendUvarint(c.data, uint64(at-before))
			before = at
		}
		return
	}
	if n < 0 || n > len(c.data) {
		panic("it ends early")
	}
	*p = make([]int, n)
	at, data := 0, c.data
	for i := range *p {
		if len(data) > 0 && data[0] < 0x80 { // most are short
			at, data = at+int(data[0]), data[1:]
		} else {
			step, size := binary.Uvarint(data)
			if size <= 0 {
				panic("it ends early")
			}
			at, data = at+int(step), data[size:]
		}
		(*p)[i] = at
	}
	c.data = data
}

func list[T any](c *coder, p *[]T, each func(*T)) {
	n := len(*p)
	c.int(&n)
	if !c.writing {
		if n < 0 || n > len(c.data) {
			panic("it ends early")
		}
		*p = make([]T, n)
	}
	for i := range *p {
		each(&(*p)[i])
	}
}

func (c *coder) outline(o *outline) {
	c.string(&o.name)
	list(c, &o.imports, c.string)
}

func (c *coder) entry(e *entry) {
	list(c, &e.files, c.file)
	list(c, &e.inits, func(i *initEntry) {
		list(c, &i.names, c.string)
		list(c, &i.poses, c.int)
		c.span(&i.value)
		c.span(&i.typ)
	})
	list(c, &e.statics, func(s *staticEntry) {
		c.string(&s.name)
		c.bytes(&s.data)
	})
	list(c, &e.embeds, func(m *embedEntry) {
		c.string(&m.name)
		list(c, &m.files, c.string)
	})
	c.bytes(&e.types)
}

func (c *coder) file(f *fileEntry) {
	c.string(&f.name)
	c.int(&f.size)
	c.string(&f.hash)
	c.ascending(&f.lines)
	c.int(&f.clause)
	c.string(&f.version)
	list(c, &f.imports, func(i *importEntry) {
		c.string(&i.name)
		c.string(&i.path)
		c.int(&i.pos)
	})
	list(c, &f.funcs, func(fn *funcEntry) {
		c.string(&fn.name)
		c.int(&fn.kind)
		c.int(&fn.pos)
		c.int(&fn.start)
		c.int(&fn.end)
	})
}

func (c *coder) span(s *spanEntry) {
	c.string(&s.name)
	c.int(&s.file)
	c.int(&s.start)
	c.int(&s.end)
}

// encode writes something.
func encode[T any](what func(*coder, *T), v *T) []byte {
	c := &coder{writing: true}
	what(c, v)
	return c.data
}

// decode reads something that has been written.
func decode[T any](what func(*coder, *T), data []byte) (v *T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("what is kept cannot be read: %v", r)
		}
	}()
	v = new(T)
	what(&coder{data: data}, v)
	return v, nil
}

// add has a set of files know one of the entry's, with its lines.
func (f *fileEntry) add(fset *token.FileSet, name string) (*token.File, error) {
	file := fset.AddFile(name, -1, f.size)
	if !file.SetLines(f.lines) {
		return nil, fmt.Errorf("%s: lines are out of order", name)
	}
	return file, nil
}

// hashOf is what a fileEntry knows a text by.
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return string(sum[:])
}
