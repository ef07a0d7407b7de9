package main

import "encoding/json"

func main() {
	var v struct{}
	_ = json.Unmarshal(nil, v) // want "call of Unmarshal passes non-pointer as second argument"
}
