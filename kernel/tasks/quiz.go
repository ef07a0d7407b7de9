package tasks

import (
	"fmt"
	"slices"
	"strings"
)

// Answers are those given to the quiz so far, by number.
type Answers map[int]string

// open is the answer of who does not know.
const open = "?"

// Give notes an answer and says so, or says what is wrong with it. It does not tell
// whether it is right.
func (c *Course) Give(a Answers, number int, answer string) (string, error) {
	if number < 1 || number > len(c.Questions) {
		return "", fmt.Errorf("there is no question %d: they go from 1 to %d", number, len(c.Questions))
	}
	q := &c.Questions[number-1]
	answer = strings.ToLower(strings.TrimSpace(answer))
	switch {
	case answer == open:
		a[number] = open
		return fmt.Sprintf("%d: open", number), nil
	case len(answer) != 1 || !strings.Contains(q.Choices, answer):
		return "", fmt.Errorf("question %d has the answers %s, and \"?\" for \"I do not know\"", number, strings.Join(strings.Split(q.Choices, ""), ", "))
	}
	a[number] = answer
	return fmt.Sprintf("%d: %s", number, answer), nil
}

// Judge says how many answers are right, and tells it in lines. The first score that is
// kept is what a learner knew before; with before, the score is set beside it, and each
// answer that is not right is explained.
func (c *Course) Judge(a Answers, before *Score) (Score, []string) {
	score := Score{Of: len(c.Questions)}
	open, again := 0, map[string]int{}
	var wrong []string
	for _, q := range c.Questions {
		given := a[q.Number]
		if given == q.Answer {
			score.Right++
			continue
		}
		again[q.Lesson]++
		if given == "" || given == "?" {
			open++
			given = "open"
		}
		wrong = append(wrong, fmt.Sprintf("  %d: %s, right is %s: %s (%s)", q.Number, given, q.Answer, q.Why, q.Lesson))
	}
	line := fmt.Sprintf("%d of %d right", score.Right, score.Of)
	if open > 0 {
		line += fmt.Sprintf(", %d open", open)
	}
	if before == nil {
		lines := []string{line + ". This is what you know before the course."}
		if len(again) > 0 {
			lines = append(lines, "The notebooks that answer the others: "+strings.Join(sorted(again), ", ")+".",
				"Do the quiz again when you have been through them; then it also says why.")
		}
		return score, lines
	}
	gain := fmt.Sprintf("%+d", score.Right-before.Right)
	return score, append([]string{fmt.Sprintf("%s. Before: %d of %d (%s).", line, before.Right, before.Of, gain)}, wrong...)
}

func sorted(m map[string]int) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
