package main

import "time"

func main() {
	_ = time.Now().Format("2006-02-01") // want "2006-02-01 should be 2006-01-02"
}
