package main

import "net"

func main() {
	_ = net.IPNet{nil, nil} // want "net.IPNet struct literal uses unkeyed fields"
}
