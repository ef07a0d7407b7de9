//go:build go1.27

package shadow

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

type temperature float64

type inner struct{ N int }

type outer struct {
	A temperature
	B *temperature
	C []inner
	D any
	E fmt.Stringer
}

func (i *inner) String() string { return fmt.Sprint("inner ", i.N) }

// Marshal functions do what those of encoding/json/v2 do, for types of every
// kind, with the same results and errors.
func TestJSONMarshalFuncs(t *testing.T) {
	tenth := temperature(0.5)
	value := outer{A: 1.5, B: &tenth, C: []inner{{1}, {2}}, D: 3.25, E: &inner{3}}
	compare := func(name string, mine, theirs *json.Marshalers) {
		t.Helper()
		got, err := json.Marshal(value, json.WithMarshalers(mine))
		want, wantErr := json.Marshal(value, json.WithMarshalers(theirs))
		if string(got) != string(want) || !sameError(err, wantErr) {
			t.Errorf("%s: %s, %v, want %s, %v", name, got, err, want, wantErr)
		}
	}
	unit := func(c temperature) ([]byte, error) { return fmt.Appendf(nil, "\"%g °C\"", float64(c)), nil }
	compare("value", JSONMarshalFunc(unit), json.MarshalFunc(unit))
	pointer := func(i *inner) ([]byte, error) { return fmt.Appendf(nil, "%d", i.N*10), nil }
	compare("pointer", JSONMarshalFunc(pointer), json.MarshalFunc(pointer))
	named := func(s fmt.Stringer) ([]byte, error) { return fmt.Appendf(nil, "%q", s.String()), nil }
	compare("interface", JSONMarshalFunc(named), json.MarshalFunc(named))
	fails := func(inner) ([]byte, error) { return nil, io.ErrNoProgress }
	compare("error", JSONMarshalFunc(fails), json.MarshalFunc(fails))
	unsupported := func(inner) ([]byte, error) { return nil, errors.ErrUnsupported }
	compare("unsupported", JSONMarshalFunc(unsupported), json.MarshalFunc(unsupported))
	wrong := func(inner) ([]byte, error) { return []byte("{"), nil }
	compare("syntax", JSONMarshalFunc(wrong), json.MarshalFunc(wrong))
	float := func(e *jsontext.Encoder, f float64) error { return e.WriteToken(jsontext.String(fmt.Sprint(f))) }
	compare("to, in an any", JSONMarshalToFunc(float), json.MarshalToFunc(float))
	twice := func(e *jsontext.Encoder, i *inner) error {
		return errors.Join(e.WriteToken(jsontext.Int(1)), e.WriteToken(jsontext.Int(2)))
	}
	compare("to, twice", JSONMarshalToFunc(twice), json.MarshalToFunc(twice))
	skip := func(e *jsontext.Encoder, i inner) error { return errors.ErrUnsupported }
	compare("to, skipped", json.JoinMarshalers(JSONMarshalToFunc(skip), JSONMarshalFunc(pointer)),
		json.JoinMarshalers(json.MarshalToFunc(skip), json.MarshalFunc(pointer)))
}

func TestJSONUnmarshalFuncs(t *testing.T) {
	compare := func(name, text string, mine, theirs *json.Unmarshalers) {
		t.Helper()
		var got, want outer
		err := json.Unmarshal([]byte(text), &got, json.WithUnmarshalers(mine))
		wantErr := json.Unmarshal([]byte(text), &want, json.WithUnmarshalers(theirs))
		if !reflect.DeepEqual(got, want) || !sameError(err, wantErr) {
			t.Errorf("%s: %+v, %v, want %+v, %v", name, got, err, want, wantErr)
		}
	}
	const text = `{"A": 1, "B": 2, "C": [{"N": 3}], "D": [4, "x"]}`
	double := func(data []byte, c *temperature) error {
		_, err := fmt.Sscan(string(data), (*float64)(c))
		*c *= 2
		return err
	}
	compare("pointer", text, JSONUnmarshalFunc(double), json.UnmarshalFunc(double))
	compare("error", `{"A": "x"}`, JSONUnmarshalFunc(double), json.UnmarshalFunc(double))
	fails := func([]byte, *inner) error { return io.ErrNoProgress }
	compare("own error", text, JSONUnmarshalFunc(fails), json.UnmarshalFunc(fails))
	any1 := func(d *jsontext.Decoder, v *any) error {
		raw, err := d.ReadValue()
		*v = string(raw)
		return err
	}
	compare("from, any", text, JSONUnmarshalFromFunc(any1), json.UnmarshalFromFunc(any1))
	reads := func(d *jsontext.Decoder, s fmt.Stringer) error {
		s.(*inner).N = 77
		return d.SkipValue()
	}
	compare("from, interface", text, JSONUnmarshalFromFunc(reads), json.UnmarshalFromFunc(reads))
	nothing := func(*jsontext.Decoder, *inner) error { return nil }
	compare("from, nothing read", text, JSONUnmarshalFromFunc(nothing), json.UnmarshalFromFunc(nothing))
}

// sameError compares texts, in which json varies one word by chance, and the
// type that is named.
func sameError(a, b error) bool {
	x, okX := a.(*json.SemanticError)
	y, okY := b.(*json.SemanticError)
	if okX && okY && (x.GoType != y.GoType || x.JSONPointer != y.JSONPointer || x.ByteOffset != y.ByteOffset) {
		return false
	}
	return okX == okY && fmt.Sprint(a) == fmt.Sprint(b)
}

type namedPointer *inner

func TestJSONFuncTypes(t *testing.T) {
	text := func(f func()) (p any) {
		defer func() { p = recover() }()
		f()
		return nil
	}
	for _, calls := range [][2]func(){
		{func() { JSONMarshalFunc(func(namedPointer) ([]byte, error) { return nil, nil }) }, func() { json.MarshalFunc(func(namedPointer) ([]byte, error) { return nil, nil }) }},
		{func() { JSONUnmarshalFunc(func([]byte, inner) error { return nil }) }, func() { json.UnmarshalFunc(func([]byte, inner) error { return nil }) }},
	} {
		if got, want := text(calls[0]), text(calls[1]); got != want || want == nil {
			t.Errorf("panics with %v, want %v", got, want)
		}
	}
}

func TestJSONGetOption(t *testing.T) {
	m := json.MarshalFunc(func(int) ([]byte, error) { return nil, nil })
	opts := json.JoinOptions(json.Deterministic(true), jsontext.WithIndent("  "), json.WithMarshalers(m))
	sameOption(t, opts, json.Deterministic)
	sameOption(t, opts, json.RejectUnknownMembers)
	sameOption(t, opts, jsontext.WithIndent)
	sameOption(t, opts, json.WithMarshalers)
	sameOption(t, opts, json.WithUnmarshalers)
}

func sameOption[T comparable](t *testing.T, opts json.Options, setter func(T) json.Options) {
	t.Helper()
	got, ok := JSONGetOption(opts, setter)
	want, wantOK := json.GetOption(opts, setter)
	if got != want || ok != wantOK {
		t.Errorf("%T: %v, %v, want %v, %v", setter, got, ok, want, wantOK)
	}
}

func TestJSONAppend(t *testing.T) {
	for _, src := range []string{`a"b`, "\xff", `"x\n"`, `"x`, ` {"b": [1 , 2]} `, `{`} {
		check := func(name string, got []byte, err error, want []byte, wantErr error) {
			t.Helper()
			if string(got) != string(want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Errorf("%s(%q): %q, %v, want %q, %v", name, src, got, err, want, wantErr)
			}
		}
		dst := []byte("dst ")
		got, err := JSONAppendQuote(dst, src)
		want, wantErr := jsontext.AppendQuote(dst, src)
		check("AppendQuote", got, err, want, wantErr)
		got, err = JSONAppendUnquote(dst, []byte(src))
		want, wantErr = jsontext.AppendUnquote(dst, []byte(src))
		check("AppendUnquote", got, err, want, wantErr)
		got, err = JSONAppendFormat(dst, src, jsontext.WithIndent("\t"))
		want, wantErr = jsontext.AppendFormat(dst, src, jsontext.WithIndent("\t"))
		check("AppendFormat", got, err, want, wantErr)
	}
}

func TestComparableHasher(t *testing.T) {
	var hasher maphash.ComparableHasher[string]
	seed := maphash.MakeSeed()
	sum := func(hash func(*maphash.Hash)) uint64 {
		var h maphash.Hash
		h.SetSeed(seed)
		hash(&h)
		return h.Sum64()
	}
	of := func(s string) uint64 { return sum(func(h *maphash.Hash) { HasherHash(hasher, h, s) }) }
	if !equal(of("x"), of("x")) || equal(of("x"), of("y")) {
		t.Error("Hash")
	}
	if !HasherEqual(hasher, "x", "x") || HasherEqual(hasher, "x", "y") {
		t.Error("Equal")
	}
}

func TestRandMethodN(t *testing.T) {
	a, b := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		if got, want := RandMethodN(a, time.Duration(i+1)), b.N(time.Duration(i+1)); got != want {
			t.Fatalf("number %d is %v, want %v", i, got, want)
		}
	}
	defer func() {
		if p := recover(); p != "invalid argument to N" {
			t.Errorf("panics with %v", p)
		}
	}()
	RandMethodN(a, 0)
}
