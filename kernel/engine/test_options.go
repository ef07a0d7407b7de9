package engine

import (
	"fmt"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/testrun"
)

// testWords are the arguments of a command about tests, with flags as the go command
// has them where they are written as its binaries have them: -test.run=Sum.
func testWords(args string) []string {
	var words []string
	for _, w := range strings.Fields(args) {
		flag, isFlag := strings.CutPrefix(w, "-")
		if !isFlag {
			if w == `""` || w == "''" { // all, to a shell
				w = "."
			}
			words = append(words, w)
			continue
		}
		flag = strings.TrimPrefix(strings.TrimPrefix(flag, "-"), "test.")
		name, value, has := strings.Cut(flag, "=")
		switch {
		case has && (value == "true" || value == "false"):
			if value == "false" {
				continue
			}
			words = append(words, "-"+name)
		case has:
			words = append(words, "-"+name, strings.Trim(value, `"'`))
		default:
			words = append(words, "-"+name)
		}
	}
	return words
}

// names are those of several tests, as a regular expression.
var names = regexp.MustCompile(`^\w+(\|\w+)*$`)

// testOptions reads what is written after the command. The regular expression is
// in Run.
func testOptions(in *invocation) (testrun.Options, error) {
	words := testWords(in.args)
	o := testrun.Options{Print: in.engine.testPrinter(in.run)}
	for i := 0; i < len(words); i++ {
		word := words[i]
		value := func() (string, error) {
			if i++; i == len(words) {
				return "", fmt.Errorf("a value comes after %s", word)
			}
			return words[i], nil
		}
		switch word {
		case "-v":
			o.Verbose = true
		case "-virtual":
			o.Virtual = true
		case "-short":
			o.Short = true
		case "-count":
			text, err := value()
			if err != nil {
				return o, err
			}
			if o.Count, err = strconv.Atoi(text); err != nil || o.Count < 1 {
				return o, fmt.Errorf("-count is how often, and %q is no such number", text)
			}
		case "-skip":
			text, err := value()
			if err != nil {
				return o, err
			}
			o.Skip = text
		case "-benchtime":
			text, err := value()
			if err != nil {
				return o, err
			}
			o.BenchTime = text
		case "-run", "-bench":
			text, err := value()
			if err == nil {
				_, err = regexp.Compile(text)
			}
			if err != nil {
				return o, err
			}
			if word == "-run" {
				o.Run = text
			} else {
				o.Bench = text
			}
		default:
			if strings.HasPrefix(word, "-") || o.Run != "" && !(names.MatchString(o.Run) && token.IsIdentifier(word)) {
				return o, in.misused()
			}
			if _, err := regexp.Compile(word); err != nil {
				return o, fmt.Errorf("%q is no regular expression: %w", word, err)
			}
			if o.Run != "" {
				word = o.Run + "|" + word
			}
			o.Run = word
		}
	}
	return o, nil
}
