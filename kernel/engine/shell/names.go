package shell

import "regexp"

var mentioned = regexp.MustCompile(`\$(?:\{(?:#)?)?([\pL_][\pL\d_]*)`)

// Names lists the names that a script mentions as $name or ${name…}, each once.
func Names(script string) []string {
	var names []string
	seen := map[string]bool{}
	for _, m := range mentioned.FindAllStringSubmatch(script, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	return names
}
