package main

import "net/http"

func main() {
	resp, err := http.Get("http://localhost")
	defer resp.Body.Close() // want "using resp before checking for errors"
	_ = err
	f := func() {}
	other, err := http.Get("http://localhost")
	defer f()
	_ = other
}
