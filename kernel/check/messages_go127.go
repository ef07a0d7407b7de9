//go:build go1.27

package check

// multipleAssignment says that the checker has words of their own for
// assignments of several values.
const multipleAssignment = true
