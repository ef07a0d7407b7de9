// Type switches and assertions on named types, interfaces and composites.
package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

type (
	ID   int
	ID2  int
	Text string
	Pair struct{ a, b ID }
	List []ID
	Fn   func(ID) ID
	Ch   chan ID
)

type Namer interface{ Name() string }

func (i ID) Name() string    { return fmt.Sprint("id", int(i)) }
func (p *Pair) Name() string { return "pair" }

type wrapped struct{ error }

func kind(v any) string {
	switch x := v.(type) {
	case nil:
		return "nil"
	case ID2:
		return fmt.Sprint("ID2 ", int(x)+1)
	case Namer:
		return "Namer " + x.Name()
	case int, int8:
		return fmt.Sprintf("int-ish %v", x)
	case Text:
		return "Text " + string(x)
	case string:
		return "string " + x
	case Pair:
		return fmt.Sprint("Pair ", x.a+x.b)
	case List:
		return fmt.Sprint("List ", len(x))
	case []ID:
		return fmt.Sprint("[]ID ", len(x))
	case Fn:
		return fmt.Sprint("Fn ", x(1))
	case func(ID) ID:
		return fmt.Sprint("func ", x(2))
	case Ch:
		return fmt.Sprint("Ch ", cap(x))
	case *int:
		return fmt.Sprint("*int ", *x)
	case map[Text]ID:
		return fmt.Sprint("map ", len(x))
	case error:
		return "error " + x.Error()
	case io.Reader:
		return "reader"
	case struct{ A int }:
		return fmt.Sprint("anon ", x.A)
	case [2]ID:
		return fmt.Sprint("array ", x[1])
	default:
		return fmt.Sprintf("other %T", x)
	}
}

func main() {
	n := 7
	for _, v := range []any{
		nil, 1, int8(2), ID(3), ID2(4), Text("t"), "s", Pair{1, 2}, &Pair{}, List{1}, []ID{1, 2},
		Fn(func(i ID) ID { return i * 10 }), func(i ID) ID { return i * 100 }, make(Ch, 3), make(chan ID),
		&n, map[Text]ID{"a": 1}, wrapped{errors.New("w")}, strings.NewReader(""), struct{ A int }{9},
		struct{ B int }{9}, [2]ID{1, 2}, [3]ID{}, uint(1), 1.5, 'x', true,
	} {
		fmt.Println(kind(v))
	}
	var v any = ID(5)
	if _, ok := v.(ID2); ok {
		fmt.Println("ID is ID2")
	}
	if _, ok := v.(int); ok {
		fmt.Println("ID is int")
	}
	if nm, ok := v.(Namer); ok {
		fmt.Println(nm.Name())
	}
	if _, ok := v.(interface{ Missing() }); !ok {
		fmt.Println("no Missing")
	}
	var e error = wrapped{io.EOF}
	_, isNamer := e.(Namer)
	fmt.Println(isNamer, e.(wrapped).error == io.EOF)
	switch any(nil).(type) {
	case nil:
		fmt.Println("untyped nil")
	}
	var np *Pair
	switch x := any(np).(type) {
	case nil:
		fmt.Println("wrong")
	case *Pair:
		fmt.Println("typed nil", x == nil)
	}
}
