//go:build !go1.27

package check

// multipleAssignment says that the checker has words of their own for
// assignments of several values.
const multipleAssignment = false

// hiddenFields is what the checker adds to the message about a literal without field
// names that has too few values, or too many, and is of another package's struct.
const hiddenFields = ""
