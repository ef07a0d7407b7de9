package course

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestInterleaved(t *testing.T) {
	lines := func(raw string) (list []Line) {
		if err := json.Unmarshal([]byte(raw), &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	one := Sequence{Cell: "1", Lines: lines(`["a", ["b", "c"], {"repeat": "/x+/"}, "end"]`)}
	two := Sequence{Cell: "2", Lines: lines(`["a", "z"]`)}
	three := Sequence{Cell: "4", Lines: lines(`[{"maybe": "m"}, "l", {"maybe": "/n+/"}]`)}
	maybe := Sequence{Cell: "3", Lines: lines(`["said by a command"]`), Optional: true}
	for _, test := range []struct{ name, text, want string }{
		{"one after the other", "l a b c x end a z", ""},
		{"any order", "l a c b xx x end a z", ""},
		{"mixed", "l a a z c b x", "lines are missing: cell 1"},
		{"mixed and whole", "l a a z c b x end", ""},
		{"optional", "l a b c x end a said_by z", `no cell prints "said_by"`},
		{"wrong order", "l b a c x end a z", `no cell prints "b"`},
		{"no repetition", "l a b c end a z", `no cell prints "end"`},
		{"maybe", "m l a b c x end n a nn z", ""},
		{"maybe, too late", "l m a b c x end a z", `no cell prints "m"`},
		{"nothing", "", "lines are missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Interleaved(strings.ReplaceAll(test.text, " ", "\n"), []Sequence{one, two, three, maybe})
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
