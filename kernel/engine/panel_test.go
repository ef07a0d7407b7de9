package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

func openPanel(t *testing.T, e *Engine, version string) []session.Comm {
	t.Helper()
	list, err := e.Comm(t.Context(), session.Comm{Kind: session.CommOpen, ID: "panel", Target: "gosched.panel", Data: json.RawMessage(`{"version":` + version + `}`)})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPanel(t *testing.T) {
	skipUnlocked(t)
	onBothEngines(t, func(t *testing.T, e *Engine) {
		nb := &notebook{t: t, e: e}
		ask := func(data string) string {
			t.Helper()
			answers := tell(t, e, "panel", data)
			if len(answers) != 1 || string(answers[0].Parent) != `{"msg_id":"m"}` {
				t.Fatalf("%s is answered %v", data, answers)
			}
			return string(answers[0].Data)
		}
		if list := openPanel(t, e, "2"); len(list) != 1 || list[0].Kind != session.CommClose {
			t.Errorf("another version is answered %v", list)
		}
		if list := openPanel(t, e, "1"); len(list) != 0 {
			t.Errorf("answered %v", list)
		}
		nb.run("n, ch, m := 7, make(chan int, 3), map[string][]int{\"a\": {1, 2}}\nch <- 1")
		state := ask(`{"method":"state"}`)
		for _, want := range []string{
			`"goroutines":[]`, `"whole":true`, `{"name":"n","type":"int","value":"7","unfolds":false,"size":"8 B"}`,
			`{"name":"ch","type":"chan int","value":"(1 of 3)","unfolds":false,"size":"32 B"}`,
			`{"name":"m","type":"map[string][]int","value":"map[\"a\":[1 2]]","unfolds":true,"size":"over 48 B"}`,
		} {
			if !strings.Contains(state, want) {
				t.Errorf("%s\nhas no %s", state, want)
			}
		}
		if got := ask(`{"method":"unfold","path":["m",0]}`); got != `{"method":"parts","parts":[{"name":"0","type":"int","value":"1","unfolds":false},{"name":"1","type":"int","value":"2","unfolds":false}],"path":["m",0]}` {
			t.Errorf("unfolded: %s", got)
		}
		for _, path := range []string{`[]`, `["m",5]`, `["m",0,0,0]`, `["none"]`, `["m","x"]`, `[3]`} {
			if got := ask(`{"method":"unfold","path":` + path + `}`); !strings.Contains(got, `"parts":[]`) {
				t.Errorf("%s: %s", path, got)
			}
		}
		// A map is not read while somebody may write it.
		nb.run("go func() {\n\tfor i := 0; ; i++ {\n\t\tm[fmt.Sprint(i%10)] = nil\n\t\tn = i\n\t}\n}()")
		for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
			state = ask(`{"method":"state"}`)
		}
		if !strings.Contains(state, `{"name":"m","type":"map[string][]int","value":"","unfolds":false}`) || !strings.Contains(state, `"whole":false`) {
			t.Errorf("while it is written: %s", state)
		}
		var s struct {
			Goroutines []struct {
				Goroutine, Cell, Line int
				Main                  bool
			}
		}
		if err := json.Unmarshal([]byte(state), &s); err != nil || len(s.Goroutines) != 1 || s.Goroutines[0].Cell != 2 || s.Goroutines[0].Line != 1 || s.Goroutines[0].Main {
			t.Fatalf("%v, %s", err, state)
		}
		stop, _ := json.Marshal(map[string]any{"method": "stop", "goroutine": s.Goroutines[0].Goroutine})
		ask(string(stop))
		until(t, "the end of the goroutine", func() bool { return strings.Contains(ask(`{"method":"state"}`), `"goroutines":[]`) })
	})
}

// Functions and types, and who waits for a channel.
func TestPanelTellsWhoWaits(t *testing.T) {
	onBothEngines(t, func(t *testing.T, e *Engine) {
		nb := &notebook{t: t, e: e}
		openPanel(t, e, "1")
		nb.run("type Point struct{ X, Y int }\nconst limit = 3\nfunc double(n int) int { return 2 * n }\njobs, full := make(chan int), make(chan Point, 1)\nfull <- Point{}")
		nb.run("for range 2 {\n\tgo func() { <-jobs }()\n}\ngo func() { full <- Point{} }()\nfor range 7 {\n\tgo func() { <-jobs }()\n}")
		state := ""
		until(t, "the goroutines", func() bool {
			state = string(tell(t, e, "panel", `{"method":"state"}`)[0].Data)
			return strings.Contains(state, "9 goroutines wait to receive") && strings.Contains(state, "waits to send")
		})
		for _, want := range []string{
			`"waits":"goroutine 5 waits to send"`,
			`{"name":"Point","type":"type struct{X int; Y int}"`, `{"name":"double","type":"func(n int) int"`, `{"name":"limit","type":"const untyped int = 3"`,
		} {
			if !strings.Contains(state, want) {
				t.Errorf("%s\nhas no %s", state, want)
			}
		}
	})
}

// A panel has the kernel format cells, also while one runs.
func TestPanelFormats(t *testing.T) {
	nb := open(t)
	openPanel(t, nb.e, "1")
	for _, test := range []struct{ ask, want string }{
		{`{"method":"format","id":1,"source":"if x:=1;x>0{\nfmt.Println( x )}"}`, `{"id":1,"method":"formatted","source":"if x := 1; x \u003e 0 {\n\tfmt.Println(x)\n}"}`},
		{`{"method":"format","id":2,"source":"x := "}`, `"error":"line 1: expected operand`},
	} {
		if got := string(tell(t, nb.e, "panel", test.ask)[0].Data); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s, want %s", test.ask, got, test.want)
		}
	}
	for _, on := range []string{"true", "false"} {
		if answers := tell(t, nb.e, "panel", `{"method":"formatOnRun","on":`+on+`}`); len(answers) != 0 {
			t.Errorf("answered %v", answers)
		}
		if _, r := nb.exec("x:=1"); (r.Rewrite == "x := 1") != (on == "true") {
			t.Errorf("with formatting %s, the cell becomes %q", on, r.Rewrite)
		}
	}
}

// What one question of a panel costs a session that is busy.
func BenchmarkPanel(b *testing.B) {
	nb := open(b)
	var src strings.Builder
	for i := range 100 {
		fmt.Fprintf(&src, "v%d, m%d := %d, map[string]int{\"a\": 1}\n", i, i, i)
	}
	nb.run(src.String())
	nb.run("for range 100 {\n\tgo func() { <-make(chan int) }()\n}\ngo func() {\n\tfor {\n\t}\n}()")
	list, err := nb.e.Comm(b.Context(), session.Comm{Kind: session.CommOpen, ID: "panel", Target: panelTarget, Data: json.RawMessage(`{"version":1}`)})
	if err != nil || len(list) > 0 {
		b.Fatal(list, err)
	}
	for b.Loop() {
		answers, err := nb.e.Comm(b.Context(), session.Comm{Kind: session.CommMessage, ID: "panel", Data: json.RawMessage(`{"method":"state"}`)})
		if err != nil || len(answers) != 1 {
			b.Fatal(answers, err)
		}
	}
}
