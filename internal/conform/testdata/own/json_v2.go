// Package encoding/json/v2 with types, methods and functions of the program.

//go:build go1.27

package main

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"strings"
)

type Colour int

func (c Colour) MarshalJSONTo(e *jsontext.Encoder) error {
	return e.WriteToken(jsontext.String(fmt.Sprintf("#%06x", int(c))))
}

func (c *Colour) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	_, err = fmt.Sscanf(t.String(), "#%x", (*int)(c))
	return err
}

type Shape struct {
	Name   string            `json:"name"`
	Fill   Colour            `json:"fill"`
	Border *Colour           `json:"border,omitzero"`
	Sides  []float64         `json:"sides,omitempty"`
	Extra  map[string]any    `json:",inline"`
	Tags   map[string]string `json:"tags"`
}

type Hidden struct{ secret string }

func (h *Hidden) String() string { return strings.Repeat("*", len(h.secret)) }

func main() {
	border := Colour(0xff)
	s := Shape{Name: "triangle", Fill: 0x102030, Border: &border, Sides: []float64{3, 4, 5}, Extra: map[string]any{"a": 1}}
	text, err := json.Marshal(s, json.Deterministic(true), jsontext.WithIndent(" "))
	fmt.Println(string(text), err)

	var back Shape
	err = json.Unmarshal(text, &back)
	fmt.Printf("%v %v %v %v %v %v\n", back.Name, int(back.Fill), int(*back.Border), back.Sides, back.Extra, err)
	err = json.Unmarshal([]byte(`{"name": 3}`), &back)
	fmt.Println(err != nil, strings.Contains(err.Error(), "name"))
	err = json.Unmarshal([]byte(`{"name": "x", "name": "y"}`), &back)
	fmt.Println(err != nil)

	rounded := json.MarshalFunc(func(f float64) ([]byte, error) { return fmt.Appendf(nil, "%.1f", f), nil })
	stars := json.MarshalToFunc(func(e *jsontext.Encoder, h fmt.Stringer) error { return e.WriteToken(jsontext.String(h.String())) })
	text, err = json.Marshal([]any{1.25, Hidden{"abc"}, Shape{Sides: []float64{0.125}}}, json.WithMarshalers(json.JoinMarshalers(rounded, stars)))
	fmt.Println(string(text), err)
	length := json.UnmarshalFunc(func(data []byte, n *int) error { *n = len(data); return nil })
	read := json.UnmarshalFromFunc(func(d *jsontext.Decoder, h *Hidden) error {
		v, err := d.ReadValue()
		h.secret = string(v)
		return err
	})
	var got struct {
		N int
		H Hidden
	}
	err = json.Unmarshal([]byte(`{"N": "four", "H": [1,2]}`), &got, json.WithUnmarshalers(json.JoinUnmarshalers(length, read)))
	fmt.Printf("%+v %v\n", got, err)

	d := jsontext.NewDecoder(strings.NewReader(`{"a": [1, true, null]} "next"`))
	for {
		t, err := d.ReadToken()
		if err == io.EOF {
			break
		}
		fmt.Print(t.Kind(), " ", d.StackPointer(), "; ")
	}
	fmt.Println()
	quoted, err := jsontext.AppendQuote([]byte("> "), `say "hi"`)
	fmt.Println(string(quoted), err)
	strict, ok := json.GetOption(json.RejectUnknownMembers(true), json.RejectUnknownMembers)
	fmt.Println(strict, ok)

	type key struct {
		a string
		b any
	}
	var hasher maphash.Hasher[key] = maphash.ComparableHasher[key]{}
	sum := func(k key) uint64 {
		var h maphash.Hash
		h.SetSeed(seed)
		hasher.Hash(&h, k)
		return h.Sum64()
	}
	fmt.Println(hasher.Equal(key{"x", 1}, key{"x", 1}), sum(key{"x", 1}) == sum(key{"x", 1}), sum(key{"x", 1}) == sum(key{"x", 2}))
	r := rand.New(rand.NewPCG(3, 4))
	fmt.Println(r.N(Colour(1000)).hex(), r.N(uint8(9)))
}

var seed = maphash.MakeSeed()

func (c Colour) hex() string { return fmt.Sprintf("%x", int(c)) }
