//go:build !linux && !darwin

package history

func writesAhead(string) bool { return false }
