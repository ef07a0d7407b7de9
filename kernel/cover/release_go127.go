//go:build go1.27

package cover

const countsWhatEnds = false
