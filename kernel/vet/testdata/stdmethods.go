package main

type T struct{}

func (T) MarshalJSON() string { return "" } // want "should have signature MarshalJSON"

func main() {}
