// Command gosched is a Jupyter kernel for Go, and what installs and runs it.
package main

func main() {}
