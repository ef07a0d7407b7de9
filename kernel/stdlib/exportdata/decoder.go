package exportdata

import (
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
)

// A decoder is what follows a place in an archive.
type decoder struct {
	*archive
	rest string
}

func (d *decoder) tag() byte {
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) int() int {
	n, size := uvarint(d.rest)
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) signed() int {
	n := uint64(d.int())
	return int(n>>1) ^ -int(n&1)
}

func (d *decoder) bool() bool { return d.int() != 0 }

func (d *decoder) string() string { return d.stringAt(d.int()) }

func (d *decoder) pkg() *types.Package {
	pkg := d.byPlace[d.int()]
	if pkg == nil {
		panic("a package is not in its list")
	}
	return pkg
}

// pos reads a position, of which there are none.
func (d *decoder) pos() {
	if column := d.signed(); column&1 != 0 {
		if line := d.signed(); line&1 != 0 {
			d.int() // the file
		}
	}
}

// constant reads the value of a constant of a type.
func (d *decoder) constant(t types.Type) constant.Value {
	d.signed() // its kind
	b := d.basic(t)
	switch b.Info() & types.IsConstType {
	case types.IsBoolean:
		return constant.MakeBool(d.bool())
	case types.IsString:
		return constant.MakeString(d.string())
	case types.IsInteger:
		return d.integer(b)
	case types.IsFloat:
		return d.float(b)
	case types.IsComplex:
		re := d.float(b)
		return constant.BinaryOp(re, token.ADD, constant.MakeImag(d.float(b)))
	}
	panic("a constant is of type " + t.String())
}

// basic is the basic type that a constant's type has below it, which is not asked: it
// may have to be read.
func (d *decoder) basic(t types.Type) *types.Basic {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t
	case *types.Named:
		if at, ok := d.find(t.Obj().Pkg(), t.Obj().Name()); ok {
			decl := d.declaration(at)
			decl.tag()
			decl.pos()
			if b, ok := d.typeAt(decl.int(), nil).(*types.Basic); ok {
				return b
			}
		}
	}
	panic("a constant is of type " + t.String())
}

// number reads a whole number: small ones are a byte, others begin with their length.
func (d *decoder) number(b *types.Basic) *big.Int {
	signed, most := true, 64
	switch {
	case b.Info()&types.IsUntyped != 0:
	case b.Kind() == types.Float32 || b.Kind() == types.Complex64:
		most = 3
	case b.Kind() == types.Float64 || b.Kind() == types.Complex128:
		most = 7
	default:
		signed, most = b.Info()&types.IsUnsigned == 0, 8
		switch b.Kind() {
		case types.Int8, types.Uint8:
			most = 1
		case types.Int16, types.Uint16:
			most = 2
		case types.Int32, types.Uint32:
			most = 4
		}
	}
	small := 256 - most
	if signed {
		small = 256 - 2*most
	}
	if most == 1 {
		small = 256
	}
	first := d.tag()
	if n := int64(first); int(first) < small {
		if signed {
			n = n>>1 ^ -(n & 1)
		}
		return big.NewInt(n)
	}
	length := int(-first)
	if signed {
		length = int(-(first &^ 1) >> 1)
	}
	if length < 1 || length > most {
		panic("a number is too long")
	}
	x := new(big.Int).SetBytes([]byte(d.rest[:length]))
	d.rest = d.rest[length:]
	if signed && first&1 != 0 {
		x.Neg(x)
	}
	return x
}

func (d *decoder) integer(b *types.Basic) constant.Value {
	x := d.number(b)
	if x.IsInt64() {
		return constant.MakeInt64(x.Int64())
	}
	return constant.Make(x)
}

func (d *decoder) float(b *types.Basic) constant.Value {
	f := new(big.Float).SetInt(d.number(b))
	if f.Sign() != 0 {
		f.SetMantExp(f, d.signed())
	}
	return constant.Make(f)
}
