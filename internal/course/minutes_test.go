package course

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const teaching = "../../docs/teaching.md"

// lastOfGuide is the number of the last lesson of the first part; what follows goes
// beyond.
const lastOfGuide = 14

// The teacher's guide and the index tell the minutes that a lesson takes, and its
// practice, give or take two.
func TestMinutes(t *testing.T) {
	guide, err := os.ReadFile(teaching)
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []struct {
		name, text string
		told       *regexp.Regexp
	}{
		{teaching, string(guide), regexp.MustCompile(`(?m)^### (\d\d) .* \((\d+) min, practice (\d+)\)$`)},
		{index, sources(t, index), regexp.MustCompile(`(?m)^\| \[(\d\d) .*?\]\(.*?\) \| (\d+) \+ (\d+) \|`)},
	} {
		told := place.told.FindAllStringSubmatch(place.text, -1)
		if len(told) != 22 {
			t.Errorf("%s tells the minutes of %d lessons, want 22", place.name, len(told))
		}
		for _, m := range told {
			files, err := filepath.Glob(filepath.Join(directory, m[1]+"-*.ipynb"))
			if err != nil || len(files) != 1 {
				t.Fatalf("lesson %s: %v, %v", m[1], files, err)
			}
			lesson, practice, err := Minutes(read(t, files[0]))
			if err != nil {
				t.Fatal(err)
			}
			for i, now := range []int{lesson, practice} {
				if was, _ := strconv.Atoi(m[2+i]); was < now-2 || was > now+2 {
					t.Errorf("%s says\n%s\nand it takes %d minutes, and %d for practice", place.name, m[0], lesson, practice)
				}
			}
		}
	}
}

// The first words of the index tell how long it all takes.
func TestHours(t *testing.T) {
	shortest, longest, guide, beyond, practice := 1000, 0, 0, 0, 0
	for _, file := range notebooks(t) {
		name := filepath.Base(file)
		if name == index || name == problems || name == quiz {
			continue
		}
		lesson, more, err := Minutes(read(t, file))
		if err != nil {
			t.Fatal(err)
		}
		practice += more
		if number, err := strconv.Atoi(name[:2]); err != nil {
			t.Fatal(err)
		} else if number > lastOfGuide {
			beyond += lesson
			continue
		}
		guide += lesson
		shortest, longest = min(shortest, lesson), max(longest, lesson)
	}
	hours := func(minutes int) string { return fmt.Sprint((minutes + 30) / 60) }
	want := fmt.Sprintf("%d to %d minutes each, about %s hours in all, and eight that go beyond, %s hours more. "+
		"What there is to practise in them takes another %s.", shortest, longest, hours(guide), hours(beyond), hours(practice))
	if !strings.Contains(sources(t, index), want) {
		t.Errorf("%s does not say: %s", index, want)
	}
}

// sources is all that stands in the cells of a notebook.
func sources(t *testing.T, name string) string {
	t.Helper()
	var b strings.Builder
	for _, cell := range read(t, filepath.Join(directory, name)).Cells {
		b.WriteString(cell.Source + "\n")
	}
	return b.String()
}
