package exportdata

import (
	"encoding/binary"
	"fmt"
	"go/types"
	"iter"
)

// Export data is one string here, of which names are parts.

// Versions of the format, and how many numbers of types are not places.
const (
	genericMethods = 3
	newest         = 3
	oldest         = 2
	reserved       = 32
)

// An archive is the export data of a package, with all that its types consist of.
type archive struct {
	of       *Packages
	version  int
	strings  string
	decls    string
	packages []section
	byPlace  map[int]*types.Package // of their paths among the strings
	types    map[int]types.Type
	params   map[param]*types.TypeParam
}

// A section is the index of a package.
type section struct {
	*types.Package
	index string
	count int
	found map[string]int // where declarations are, when one has been looked for
}

type param struct {
	pkg  *types.Package
	name string
}

// archive opens the export data of a package, once.
func (p *Packages) archive(path string) *archive {
	if a := p.archives[path]; a != nil {
		return a
	}
	data, err := p.open(path)
	if err != nil {
		panic(err)
	}
	a := &archive{of: p, byPlace: map[int]*types.Package{}, types: map[int]types.Type{}, params: map[param]*types.TypeParam{}}
	a.open(path, string(data))
	p.archives[path] = a
	return a
}

func (a *archive) open(path, data string) {
	d := &decoder{archive: a, rest: data}
	if d.tag() != 'i' {
		panic("it is of another format")
	}
	a.version = d.int()
	if a.version < oldest || a.version > newest {
		panic(fmt.Sprintf("it is of version %d", a.version))
	}
	strings, decls := d.int(), d.int()
	a.strings, a.decls, d.rest = d.rest[:strings], d.rest[strings:strings+decls], d.rest[strings+decls:]
	for range d.int() {
		at := d.int()
		pkgPath, name := a.stringAt(at), d.string()
		d.int() // its height
		if pkgPath == "" {
			pkgPath = path
		}
		s := section{Package: a.of.refer(pkgPath, name), count: d.int(), index: d.rest}
		for range 2 * s.count {
			d.int()
		}
		a.byPlace[at] = s.Package
		a.packages = append(a.packages, s)
	}
}

func (a *archive) stringAt(at int) string {
	n, size := uvarint(a.strings[at:])
	return a.strings[at+size : at+size+n]
}

// names are those that an archive declares of its own package, and where.
func (a *archive) names(pkg *types.Package) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i := range a.packages {
			s := &a.packages[i]
			if s.Package != pkg {
				continue
			}
			d := &decoder{archive: a, rest: s.index}
			for range s.count {
				name := d.string()
				if !yield(name, d.int()) {
					return
				}
			}
		}
	}
}

// find returns where a name of a package is declared.
func (a *archive) find(pkg *types.Package, name string) (at int, ok bool) {
	for i := range a.packages {
		s := &a.packages[i]
		if s.Package != pkg {
			continue
		}
		if s.found == nil {
			s.found = make(map[string]int, s.count)
			for name, at := range a.names(pkg) {
				s.found[name] = at
			}
		}
		at, ok = s.found[name]
		return at, ok
	}
	return 0, false
}

func (a *archive) declaration(at int) *decoder { return &decoder{archive: a, rest: a.decls[at:]} }

// uvarint is [binary.Uvarint] of a string.
func uvarint(s string) (n, size int) {
	if len(s) > 0 && s[0] < 0x80 { // most are short
		return int(s[0]), 1
	}
	var x uint64
	for i := range min(len(s), binary.MaxVarintLen64) {
		b := s[i]
		x |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return int(x), i + 1
		}
	}
	panic("it ends early")
}
