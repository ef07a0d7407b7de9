package main

func main() {
	type T struct {
		A int `json:"a" xml:b` // want "not compatible with reflect.StructTag.Get"
	}
	_ = T{}
}
