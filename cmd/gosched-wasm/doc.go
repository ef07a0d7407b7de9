//go:build js

// Command gosched-wasm is the kernel for a browser: built with GOOS=js and
// GOARCH=wasm, it runs in a worker of the page and exchanges Jupyter's messages
// with it, without sockets. jupyterlite has the other end.
package main
