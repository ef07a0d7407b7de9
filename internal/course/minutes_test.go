package course

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

const teaching = "../../docs/teaching.md"

// The teacher's guide tells the minutes that a lesson takes, give or take two.
func TestMinutes(t *testing.T) {
	guide, err := os.ReadFile(teaching)
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`(?m)^### (\d\d) (.*) \((\d+) min, practice (\d+)\)$`).FindAllStringSubmatch(string(guide), -1)
	if len(told) != 14 {
		t.Errorf("%s tells the minutes of %d lessons, want 14", teaching, len(told))
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
		want := fmt.Sprintf("### %s %s (%d min, practice %d)", m[1], m[2], lesson, practice)
		for i, now := range []int{lesson, practice} {
			if was, _ := strconv.Atoi(m[3+i]); was < now-2 || was > now+2 {
				t.Errorf("%s says\n%s\nwant\n%s", teaching, m[0], want)
			}
		}
	}
}
