//go:build cgo

package worker

// threadSlack is what the stacks of some sixteen threads take, which a binary
// with cgo maps whole, eight megabytes each.
const threadSlack = 16 * 8 << 20
