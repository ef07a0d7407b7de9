package main

import (
	"fmt"
	"net"
)

func main() {
	host, port := "::1", 80
	c, err := net.Dial("tcp", fmt.Sprintf("%s:%d", host, port)) // want "does not work with IPv6"
	_, _ = c, err
}
