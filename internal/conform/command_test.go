package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

// conform runs the command.
func conform(t *testing.T, args ...string) (said string, err error) {
	t.Helper()
	var out strings.Builder
	err = command(t.Context(), args, &out)
	return out.String(), err
}

// What is written wrong is told, and nothing is run.
func TestCommandRefuses(t *testing.T) {
	folder := t.TempDir()
	for args, want := range map[string]string{
		"-engine third own":           `no engine "third": there are [direct yaegi]`,
		"-modes cell,all own":         `no mode "all"`,
		"-run ( own":                  "-run: error parsing regexp",
		"-known " + folder + "/x own": "reading the known failures",
		"-speed":                      "not defined: -speed",
		folder + "/none.go":           "reading a program",
		folder + "/none.md":           "reading programs",
		folder + "/none":              "looking for programs",
	} {
		if said, err := conform(t, strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) || said != "" {
			t.Errorf("conform %s: %v, want %q; it said\n%s", args, err, want, said)
		}
	}
}

// Cells of programs are printed as they would be run.
func TestCommandCells(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hello.go")
	if err := os.WriteFile(file, []byte("package main\n\nimport \"fmt\"\n\nvar who = \"you\"\n\nfunc main() { fmt.Println(who) }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := conform(t, "-cells", "-modes", "cell,source", file)
	if err != nil {
		t.Fatal(err)
	}
	one, several, ok := strings.Cut(said, "// ---- hello.go [source] cell 1\n")
	if !ok || !strings.HasPrefix(one, "// ---- hello.go [cell] cell 1\n") || strings.Count(one, "// ----") != 1 || strings.Count(several, "// ----") == 0 {
		t.Errorf("printed\n%s", said)
	}
	for _, text := range []string{one, several} {
		if !strings.Contains(text, "var who = \"you\"") || !strings.Contains(text, "fmt.Println(who)") {
			t.Errorf("there is something missing in\n%s", text)
		}
	}
	if said, err := conform(t, "-cells", "-run", "^other", file); err != nil || said != "" {
		t.Errorf("of no program: %q, %v", said, err)
	}
}

// Programs that do in a cell what they do natively pass; what fails is told with both.
func TestCommandRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs a program")
	}
	testenv.Need(t, "go")
	programs := filepath.Join(t.TempDir(), "programs")
	if err := os.Mkdir(programs, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"hello.go": "package main\n\nfunc main() { println(\"hello\") }\n",
		// A cell is not the program that was built of it.
		"other.go":  "package main\n\nimport (\n\t\"fmt\"\n\t\"runtime/debug\"\n)\n\nfunc main() {\n\tinfo, _ := debug.ReadBuildInfo()\n\tfmt.Println(info.Main.Path)\n}\n",
		"broken.go": "package main\n\nfunc main() { missing() }\n",
		"known.txt": "programs/other.go source it is a cell\n",
	} {
		if err := os.WriteFile(filepath.Join(programs, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		args []string
		err  error
		want []string
	}{
		{"passes", []string{"-run", "hello", "-v"}, nil, []string{"programs/hello.go", "source ok", "programs       1       0  100.0 %"}},
		{"fails", []string{"-run", "other"}, errFailed, []string{"FAIL programs/other.go [source]\n\tstdout line 1 is \"github.com/gosched/gosched\",\n\t\tnatively \"\"\n", "programs       0       1  0.0 %"}},
		{"known", []string{"-run", "other", "-v", "-known", programs + "/known.txt"}, nil,
			[]string{"source FAIL", "FAIL programs/other.go [source] (known: it is a cell)\n"}},
		{"not to be built", []string{"-run", "broken", "-v"}, nil, []string{"source skip", "skipped programs/broken.go: it does not build: "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			said, err := conform(t, append(tt.args, "-modes", "source", programs)...)
			if !errors.Is(err, tt.err) {
				t.Errorf("%v, want %v", err, tt.err)
			}
			for _, want := range tt.want {
				if !strings.Contains(said, want) {
					t.Errorf("no %q in\n%s", want, said)
				}
			}
		})
	}
}

// Each of Go's tests is either selected or named with a reason.
func TestCommandOmitted(t *testing.T) {
	selected, why, err := goTests(testRoot())
	if err != nil {
		testenv.Skip(t, "%v", err)
	}
	said, err := conform(t, "-omitted")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSuffix(said, "\n"), "\n")
	if len(all) != len(why)+1 || len(selected) == 0 {
		t.Errorf("%d lines for %d that are omitted", len(all), len(why))
	}
	for _, line := range all[:len(all)-1] {
		if name, reason, _ := strings.Cut(line, ": "); reason == "" || why[name] != reason {
			t.Errorf("%q, want %q", line, why[name])
		}
	}
	if last := all[len(all)-1]; !regexp.MustCompile(`^\d+ selected, \d+ omitted$`).MatchString(last) {
		t.Errorf("the last line is %q", last)
	}
}

// A test of Go's race detector is run, and said to be reported.
func TestCommandRace(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a program with %%race")
	}
	testenv.Need(t, "go")
	if _, err := loadRaceTests(raceTestsDir()); err != nil {
		testenv.Skip(t, "%v", err)
	}
	said, err := conform(t, "-v", "-run", "^Test(Race|NoRace)IntRWGlobalFuncs$|^TestNoRaceIntRWClosures$", "race")
	if err != nil || !strings.Contains(said, "races reported  1 of 1 (100.0 %)\nsilent          1 of 1 (100.0 %)\n") || !strings.Contains(said, "reported true  right true") {
		t.Errorf("%v\n%s", err, said)
	}
}

// What is told of programs: each failure once, known ones with their reason, and what was
// not compared.
func TestReports(t *testing.T) {
	modes := []mode{modeCell, modeSource}
	results := []result{
		{program: program{name: "a.go"}, cause: map[mode]string{modeCell: "wrong\nvery", modeSource: "wrong\nvery"}},
		{program: program{name: "b.go"}, cause: map[mode]string{modeCell: "", modeSource: "late"}, known: map[mode]string{modeSource: "it sleeps"}, retried: []mode{modeCell}},
		{program: program{name: "c.go"}, cause: map[mode]string{modeCell: ""}, known: map[mode]string{modeCell: "it was wrong"}, open: "it prints the time"},
		{program: program{name: "d.go"}, skipped: "does not build"},
		{program: program{name: "e.go"}, cause: map[mode]string{modeCell: ""}, known: map[mode]string{modeCell: sometimes + "slow"}},
	}
	var failures, remarks strings.Builder
	writeFailures(&failures, results, modes)
	writeRemarks(&remarks, results)
	if want := "FAIL a.go [cell,source]\n\twrong\n\tvery\nFAIL b.go [source] (known: it sleeps)\n" +
		"FAIL c.go [cell]\n\tpasses, and is listed as a known failure: it was wrong\n"; failures.String() != want {
		t.Errorf("failures are told as\n%swant\n%s", &failures, want)
	}
	if want := "b.go did as it should only when it was tried again, in mode [cell]\nonly the end of c.go is compared: it prints the time\nskipped d.go: it does not build\n"; remarks.String() != want {
		t.Errorf("remarks are\n%swant\n%s", &remarks, want)
	}
}
