package course

import (
	"math"
	"regexp"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
)

// How fast somebody goes who meets all of it for the first time.
const (
	wordsAMinute = 150
	linesAMinute = 20   // of code, to be understood
	knownLines   = 60   // of whole programs, which show again what a lesson has shown
	runACell     = 0.15 // minutes, to run it and look at what it shows
	anExercise   = 6    // minutes, with its check
	aTask        = 5
)

var notProse = regexp.MustCompile("(?s)```.*?```|<details>.*?</details>")

// Minutes says how long a lesson takes, and how much longer if its further tasks are
// done, too. What is folded away is not read.
func Minutes(nb *notebook.Notebook) (lesson, practice int, err error) {
	var read, tasks float64
	further := false
	for _, cell := range nb.Cells {
		m, err := ReadMetadata(cell)
		if err != nil {
			return 0, 0, err
		}
		takes := 0.0
		switch {
		case m.Role == RoleExercise:
			takes = anExercise
		case m.Role == RoleTask:
			takes = aTask
		case m.Role == RoleCheck || m.Role == RoleTaskCheck:
		case cell.Type == notebook.Markdown:
			takes = float64(len(strings.Fields(notProse.ReplaceAllString(cell.Source, "")))) / wordsAMinute
		case IsProgram(cell):
			takes = float64(strings.Count(cell.Source, "\n")+1)/knownLines + runACell
		default:
			takes = float64(strings.Count(cell.Source, "\n")+1)/linesAMinute + runACell
		}
		switch further = further && !strings.HasPrefix(cell.ID, "remember") || strings.HasPrefix(cell.ID, "practice"); {
		case further:
			tasks += takes
		default:
			read += takes
		}
	}
	return int(math.Round(read)), int(math.Round(tasks)), nil
}
