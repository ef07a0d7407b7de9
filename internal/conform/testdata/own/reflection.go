// What reflect sees of types of one's own.
package main

import (
	"fmt"
	"reflect"
	"sort"
)

type Inner struct{ V int }

func (i Inner) Get() int   { return i.V }
func (i *Inner) Set(v int) { i.V = v }

type Thing struct {
	Inner
	Name  string `json:"name" xml:"n"`
	count int
	Next  *Thing
	Fn    func(a int, b ...string) error
	Opt   map[string][]Inner
}

type Shape interface {
	Area() float64
	perimeter() float64
}
type Sq float64

func (s Sq) Area() float64      { return float64(s * s) }
func (s Sq) perimeter() float64 { return float64(4 * s) }

type Gen[T any] struct{ X T }

func (g Gen[T]) Type() string { return reflect.TypeOf(g.X).String() }

func main() {
	t := reflect.TypeOf(Thing{})
	fmt.Println(t, t.Name(), t.PkgPath(), t.Kind(), t.NumField(), t.NumMethod(), reflect.PointerTo(t).NumMethod(), t.Size() > 0)
	for i := range t.NumField() {
		f := t.Field(i)
		fmt.Println(f.Name, f.Type, f.Tag.Get("json"), f.Anonymous, f.IsExported(), f.Index, f.PkgPath)
	}
	pt := reflect.TypeOf(&Thing{})
	for i := range pt.NumMethod() {
		fmt.Println(pt.Method(i).Name, pt.Method(i).Type)
	}
	v := &Thing{Name: "n"}
	rv := reflect.ValueOf(v)
	rv.MethodByName("Set").Call([]reflect.Value{reflect.ValueOf(42)})
	fmt.Println(v.V, rv.MethodByName("Get").Call(nil)[0].Int())
	rv.Elem().FieldByName("Name").SetString("changed")
	fmt.Println(v.Name, rv.Elem().FieldByName("count").CanSet(), rv.Elem().FieldByName("V").CanSet())
	it := reflect.TypeFor[Shape]()
	fmt.Println(it, it.Kind(), it.NumMethod(), it.Method(0).Name, reflect.TypeOf(Sq(1)).Implements(it), reflect.TypeOf(1.0).Implements(it))
	fmt.Println(reflect.TypeOf(Gen[int]{}), reflect.TypeOf(Gen[Inner]{}).Name(), reflect.TypeOf(Gen[map[string]Thing]{}), Gen[Sq]{}.Type())
	fmt.Println(reflect.DeepEqual(map[string][]Inner{"a": {{1}}}, map[string][]Inner{"a": {{1}}}), reflect.DeepEqual(Inner{1}, Inner{2}))
	fmt.Println(reflect.Zero(t).Field(1).String() == "", reflect.New(t).Elem().Type() == t)
	fn := reflect.MakeFunc(reflect.TypeOf(func(int, int) int { return 0 }), func(args []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(int(args[0].Int() * args[1].Int()))}
	})
	fmt.Println(fn.Interface().(func(int, int) int)(6, 7))
	type local struct{ A, B int }
	fmt.Println(reflect.TypeOf(local{}), reflect.TypeOf(local{}).Name(), reflect.TypeOf(struct{ local }{}))
	m := reflect.ValueOf(map[Sq]string{2: "two", 1: "one"})
	keys := m.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].Float() < keys[j].Float() })
	fmt.Println(keys[0].Type(), m.MapIndex(keys[0]), m.MapIndex(keys[1]))
	fmt.Println(reflect.ValueOf(Sq(3)).Convert(reflect.TypeOf(0)).Int(), reflect.TypeOf(Sq(0)).ConvertibleTo(reflect.TypeOf("")))
	var sh Shape = Sq(2)
	fmt.Println(reflect.ValueOf(&sh).Elem().Kind(), reflect.ValueOf(&sh).Elem().Elem().Type(), reflect.TypeOf(sh.perimeter))
	sl := reflect.MakeSlice(reflect.TypeOf([]Sq{}), 0, 2)
	sl = reflect.Append(sl, reflect.ValueOf(Sq(5)))
	fmt.Printf("%T %v\n", sl.Interface(), sl.Interface())
}
