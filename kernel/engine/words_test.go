package engine

import (
	"strings"

	"github.com/gosched/gosched/kernel/stdlib"
)

// Golden files have the words of the newest Go release that the kernel knows.

// goldenRelease is the release in whose words they are.
const goldenRelease = "go1.27"

// wordsBefore are what the releases before it say otherwise.
var wordsBefore = map[string]*strings.Replacer{
	"go1.26": strings.NewReplacer(" in multiple assignment", " in assignment", goldenRelease, "go1.26"),
}

// inThisRelease puts golden text into the words of the release in use.
func inThisRelease(text string) string {
	if r := wordsBefore[stdlib.GoVersion]; r != nil {
		return r.Replace(text)
	}
	return text
}
