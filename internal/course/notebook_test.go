package course

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel"
	"github.com/gosched/gosched/kernel/tasks"
)

var update = flag.Bool("update", false, "rewrite the notebooks clean, and with the course's metadata")

// The metadata of every notebook, so that it opens with the kernel.
var metadata = map[string]any{
	"kernelspec":    map[string]any{"name": "gosched", "display_name": "Go (gosched)", "language": "go"},
	"language_info": kernel.LanguageInfo(),
}

// clean removes from a notebook what front ends leave in it.
func clean(nb *notebook.Notebook) {
	ran := nb.Metadata[mark]
	nb.Metadata = maps.Clone(metadata)
	if ran != nil {
		nb.Metadata[mark] = ran
	}
	for _, cell := range nb.Cells {
		for _, key := range []string{"execution", "collapsed", "scrolled"} {
			delete(cell.Metadata, key)
		}
	}
}

// Notebooks are committed in the bytes of nbformat 4.5, with an id of its own for every
// cell, and nothing of the front end they were edited in.
func TestNotebooksAreClean(t *testing.T) {
	for _, file := range notebooks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var raw struct {
				Major int `json:"nbformat"`
				Minor int `json:"nbformat_minor"`
				Cells []struct {
					ID string `json:"id"`
				} `json:"cells"`
			}
			if err := json.Unmarshal(got, &raw); err != nil {
				t.Fatal(err)
			}
			if raw.Major != notebook.Major || raw.Minor != notebook.Minor {
				t.Errorf("nbformat %d.%d, want %d.%d", raw.Major, raw.Minor, notebook.Major, notebook.Minor)
			}
			ids := map[string]bool{}
			for i, cell := range raw.Cells {
				if !regexp.MustCompile(`^[a-z0-9-]{1,64}$`).MatchString(cell.ID) || ids[cell.ID] {
					t.Errorf("cell %d has the id %q: want one of its own, in small letters", i+1, cell.ID)
				}
				ids[cell.ID] = true
			}
			nb := read(t, file)
			if rest := maps.Clone(nb.Metadata); !*update {
				delete(rest, mark)
				if !reflect.DeepEqual(rest, metadata) {
					t.Errorf("metadata %v, want %v", rest, metadata)
				}
			}
			clean(nb)
			var want bytes.Buffer
			if err := nb.Write(&want); err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(got, want.Bytes()) {
				return
			}
			if !*update {
				t.Fatalf("it has a front end's metadata, or is not written as nbformat writes; mend it with: go test ./internal/course -run Clean -update")
			}
			if err := nb.WriteFile(file); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// parts are the beginnings of the ids of cells that each lesson has, in order.
var parts = []string{"why", "smallest", "picture", "notebook", "break", "mend", "exercise", "answer", "check", "solution", "remember"}

// How much of a cell can be seen at once in a workshop. Checks may be larger:
// they are to be run, not to be read. So may whole programs, as they stand in files.
const (
	maxLines = 45
	maxWidth = 94 // characters, tabs being 4
)

// shows matches cells that show what really ran.
var shows = regexp.MustCompile(`(?m)^%%(trace|race|explore)\b`)

// Every lesson goes the same way, has a picture and an exercise, and is short.
func TestLessons(t *testing.T) {
	lessons := 0
	for _, file := range notebooks(t) {
		name := filepath.Base(file)
		if name == index || name == problems || name == quiz {
			continue
		}
		lessons++
		t.Run(name, func(t *testing.T) {
			nb := read(t, file)
			rest := nb.Cells
			for _, part := range parts {
				i := slices.IndexFunc(rest, func(c *notebook.Cell) bool { return strings.HasPrefix(c.ID, part) })
				if i < 0 {
					t.Fatalf("no cell %q after the parts before it: %v", part, parts)
				}
				if part == "picture" && !strings.Contains(rest[i].Source, "```mermaid\n") {
					t.Error("the picture is no mermaid diagram")
				}
				rest = rest[i+1:]
			}
			if last := nb.Cells[len(nb.Cells)-1]; !regexp.MustCompile(`(?s)^## Remember\n.*\n1\. .*\n2\. .*\n3\. .*`).MatchString(last.Source) {
				t.Errorf("it does not end with three lines to remember:\n%s", last.Source)
			}
			if exercise, err := FindExercise(nb); err != nil || exercise == nil || answersTo(t, name) == nil {
				t.Errorf("want an exercise, and answers to it in testdata/answers: %v", err)
			}
			practised(t, nb, strings.TrimSuffix(name, ".ipynb"))
			broken, drawn := 0, map[string]bool{}
			for _, cell := range nb.Cells {
				m, err := ReadMetadata(cell)
				if err != nil {
					t.Error(err)
				}
				if (m.Expect.Error != nil) != cell.Tagged("raises-exception") {
					t.Errorf("cell %s: the tag raises-exception and an expected error go together", cell.ID)
				}
				if strings.HasPrefix(cell.ID, "break") && cell.Type == notebook.Code {
					broken++
				}
				if part, _, _ := strings.Cut(cell.ID, "-"); shows.MatchString(cell.Source) {
					drawn[part] = true
				}
				for line := range strings.SplitSeq(cell.Source, "\n") {
					wide := len(strings.ReplaceAll(line, "\t", "    "))
					if cell.Type == notebook.Code && wide > maxWidth && m.Role != RoleCheck && m.Role != RoleTaskCheck && !IsProgram(cell) {
						t.Errorf("cell %s: too wide for a projector, %d characters: %s", cell.ID, wide, line)
					}
				}
				if lines := strings.Count(cell.Source, "\n") + 1; cell.Type == notebook.Code && lines > maxLines && m.Role != RoleCheck && m.Role != RoleTaskCheck && !IsProgram(cell) {
					t.Errorf("cell %s has %d lines: too long to read in a workshop", cell.ID, lines)
				}
			}
			if broken == 0 {
				t.Error("nothing is broken in it")
			}
			if !drawn["break"] || !drawn["mend"] {
				t.Errorf("what really ran is not shown both broken and mended, only in %v", slices.Collect(maps.Keys(drawn)))
			}
		})
	}
	if lessons != 22 {
		t.Errorf("%d lessons, want 22", lessons)
	}
}

// What is no lesson.
const (
	index    = "00-index.ipynb"
	problems = "23-problems.ipynb"
	quiz     = "24-quiz.ipynb"
)

// The page of problems and the quiz have twenty each.
func TestProblemsAndQuiz(t *testing.T) {
	all, err := tasks.Read(os.DirFS(directory))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, task := range all.Tasks {
		if task.Notebook+".ipynb" == problems {
			found++
			if len(task.Hints) != 3 {
				t.Errorf("%s has %d hints", task.Name, len(task.Hints))
			}
		}
	}
	if found != 20 || len(all.Questions) != 20 {
		t.Errorf("%d problems and %d questions, want 20 of each", found, len(all.Questions))
	}
	right := map[string]int{}
	for _, q := range all.Questions {
		right[q.Answer]++
		if q.Why == "" || len(q.Choices) != 4 {
			t.Errorf("question %d has the choices %q, and the reason %q", q.Number, q.Choices, q.Why)
		}
		if _, err := os.Stat(filepath.Join(directory, q.Lesson+".ipynb")); err != nil {
			t.Errorf("question %d: %v", q.Number, err)
		}
	}
	for letter, n := range right {
		if n > 6 {
			t.Errorf("%s is right %d times: that is to be guessed", letter, n)
		}
	}
}

// practised checks that a lesson has something to predict, and beside its exercise
// something to mend and something to extend, each with three hints and a solution, as
// the commands for learners find them.
func practised(t *testing.T, nb *notebook.Notebook, lesson string) {
	t.Helper()
	predicted, kinds := 0, map[string]int{}
	for _, cell := range nb.Cells {
		if cell.Type != notebook.Markdown {
			continue
		}
		if strings.Contains(cell.Source, "**Predict.** ") && strings.Contains(cell.Source, "<details>\n<summary>Answer") {
			predicted++
		}
		if kind, _, ok := strings.Cut(strings.TrimPrefix(cell.Source, "**"), ".** "); ok && strings.HasPrefix(cell.ID, "practice-") {
			kinds[kind]++
		}
	}
	if predicted == 0 || kinds["Mend"] == 0 || kinds["Extend"] == 0 {
		t.Errorf("nothing to predict, to mend or to extend: %d, %v", predicted, kinds)
	}
	all, err := tasks.Read(os.DirFS(directory))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, task := range all.Tasks {
		if task.Notebook != lesson {
			continue
		}
		found++
		if len(task.Hints) != 3 || task.Solution == "" {
			t.Errorf("%s has %d hints and the solution %q, want three and one", task.Name, len(task.Hints), task.Solution)
		}
	}
	if found < 3 {
		t.Errorf("%d tasks with a check, want three at least", found)
	}
}

// syllabus is every example that the course has to have, in its order.
var syllabus = []string{
	"Basic Goroutine Creation", "Anonymous Function Goroutine", "Goroutine with Parameters",
	"Using WaitGroup",
	"Basic Channel Usage", "Buffered Channels", "Channel Directions",
	"Select Statement",
	"Context with Cancellation", "Context with Timeout",
	"Worker Pool Pattern", "Pipeline Pattern", "Fan-in/Fan-out Pattern",
	"Mutex Protection", "Goroutine Cleanup", "Concurrency Limiting", "Error Handling",
	"Concurrent Web Scraper",
}

// The index says for every example of the syllabus which code shows it, in pieces and
// as a whole program.
func TestIndexCoversTheSyllabus(t *testing.T) {
	nb := read(t, filepath.Join(directory, index))
	i := slices.IndexFunc(nb.Cells, func(c *notebook.Cell) bool { return c.ID == "examples" })
	if i < 0 {
		t.Fatal("no cell examples")
	}
	var got []string
	for _, row := range regexp.MustCompile(`(?m)^\| (.*?) \| (\[.*) \|$`).FindAllStringSubmatch(nb.Cells[i].Source, -1) {
		got = append(got, row[1])
		programs := 0
		for _, link := range links(row[2]) {
			file, id, _ := strings.Cut(link, "#cell-id=")
			cell := find(t, file, id)
			if cell == nil {
				continue
			}
			if cell.Type != notebook.Code {
				t.Errorf("%s: %s is not code", row[1], link)
			}
			if IsProgram(cell) {
				programs++
			}
		}
		if programs != 1 {
			t.Errorf("%s: %d whole programs, want one", row[1], programs)
		}
	}
	if !slices.Equal(got, syllabus) {
		t.Errorf("the index has the examples %q, want %q", got, syllabus)
	}
}

// Every drawing says in words what it shows, for who does not see it.
func TestDrawingsHaveWords(t *testing.T) {
	drawings := regexp.MustCompile("(?s)```mermaid\n(.*?)\n```")
	words := regexp.MustCompile(`(?m)^ +accTitle: .+\n +accDescr: .{20,}$`)
	for _, path := range notebooks(t) {
		for _, cell := range read(t, path).Cells {
			for _, m := range drawings.FindAllStringSubmatch(cell.Source, -1) {
				if !words.MatchString(m[1]) {
					t.Errorf("%s, cell %s: a drawing without accTitle and accDescr:\n%s", filepath.Base(path), cell.ID, m[1])
				}
			}
		}
	}
}

// links are the targets of the links in a Markdown text, outside its code.
func links(markdown string) (targets []string) {
	markdown = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(markdown, "")
	for _, m := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(markdown, -1) {
		targets = append(targets, m[1])
	}
	return targets
}

func find(t *testing.T, file, id string) *notebook.Cell {
	t.Helper()
	for _, cell := range read(t, filepath.Join(directory, file)).Cells {
		if cell.ID == id {
			return cell
		}
	}
	t.Errorf("%s has no cell %q", file, id)
	return nil
}

// proof matches links to where Go's own people say how things are.
var proof = regexp.MustCompile(`^https://(go|pkg\.go)\.dev/[^ ]+$`)

// Links lead to notebooks and cells that there are, and the index to all.
func TestLinks(t *testing.T) {
	linked := map[string]bool{}
	for _, path := range notebooks(t) {
		for _, cell := range read(t, path).Cells {
			if cell.Type != notebook.Markdown {
				continue
			}
			for _, link := range links(cell.Source) {
				if proof.MatchString(link) {
					continue
				}
				file, id, inside := strings.Cut(link, "#cell-id=")
				if _, err := os.Stat(filepath.Join(directory, file)); err != nil {
					t.Errorf("%s, cell %s: a link to %q: %v", filepath.Base(path), cell.ID, link, err)
				} else if inside {
					find(t, file, id)
				}
				if filepath.Base(path) == index {
					linked[file] = true
				}
			}
		}
	}
	for _, path := range notebooks(t) {
		if name := filepath.Base(path); name != index && !linked[name] {
			t.Errorf("the index does not lead to %s; it leads to %v", name, slices.Sorted(maps.Keys(linked)))
		}
	}
}
