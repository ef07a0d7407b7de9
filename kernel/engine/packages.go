package engine

import "github.com/gosched/gosched/kernel/stdlib"

// packageNames lists what the packages that cells can import are called.
func packageNames() []string {
	paths := stdlib.Packages()
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = stdlib.Name(p)
	}
	return names
}
