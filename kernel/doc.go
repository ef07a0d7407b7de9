// Package kernel is the kernel proper: it takes requests in the order they
// come, keeps the execution count and the history, tells front ends when it is
// busy and idle, and hands code to a session.
//
// It speaks the Jupyter messaging protocol 5.5 through package wire and knows
// what each message means. It does not know Go: what a cell is, how it runs
// and what there is to complete is behind session.Session. No code of the user
// runs in this package's process.
//
// Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html.
package kernel
