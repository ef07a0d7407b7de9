package sessiontest

import (
	"context"
	"strings"

	"github.com/gosched/gosched/kernel/session"
)

// rerun runs a cell of a notebook: the same origin is the same cell.
func (nb *notebook) rerun(origin, src string) (out string, f *session.Failure) {
	nb.t.Helper()
	nb.n++
	tr := &transcript{}
	r := nb.s.Execute(context.Background(), session.Cell{ID: "x", Number: nb.n, Origin: origin, Source: src}, tr)
	return tr.stdout(), r.Failure
}

// What a cell registers with compiled packages is replaced when that cell runs
// again, also when it has been edited. Other cells are told who has the name.
func contract3_RegistrationsAgain(t *T) {
	for _, test := range []struct {
		name     string
		register string // the cell; V is 1 at first and then 2
		ask      string
		want     string // with V = 2
	}{
		{"http", `http.HandleFunc("GET /again", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "answer V") })`,
			`w := httptest.NewRecorder(); http.DefaultServeMux.ServeHTTP(w, httptest.NewRequest("GET", "/again", nil)); fmt.Print(w.Body)`,
			"answer 2"},
		{"flag", `var again = flag.Int("again", V, "usage V"); flag.Bool("again-too", true, "")`,
			`fmt.Print(*again, " ", flag.Lookup("again").Usage)`, "2 usage 2"},
		{"flag set", `flags.String("again", "V", "")`, `fmt.Print(flags.Lookup("again").DefValue, flags.Parse([]string{"-again=x"}))`, "2<nil>"},
		{"expvar", `var hits = expvar.NewInt("again"); hits.Add(V); expvar.Publish("again-too", expvar.Func(func() any { return V }))`,
			`fmt.Print(expvar.Get("again"), expvar.Get("again").(*expvar.Int) == hits, expvar.Get("again-too"))`, "2 true 2"},
		{"gob", `type Parcel struct{ FV int }; gob.Register(Parcel{})`,
			`var b bytes.Buffer; var in, out any = Parcel{7}, nil; fmt.Print(gob.NewEncoder(&b).Encode(&in), gob.NewDecoder(&b).Decode(&out), fmt.Sprintf(" %+v", out))`,
			"<nil> <nil> {F2:7}"},
		{"sql", `type drv struct{}
func (drv) Open(string) (driver.Conn, error) { return nil, errors.New("driver V") }
func init() { sql.Register("again", drv{}) }`,
			`db, _ := sql.Open("again", ""); fmt.Print(db.Ping())`, "driver 2"},
		{"rpc", `type Again struct{}
func (Again) Ask(n int, answer *int) error { *answer = n*V; return nil }
fmt.Print(server.Register(Again{}))`,
			`here, there := net.Pipe(); go server.ServeConn(there); client := rpc.NewClient(here)
var answer int
fmt.Print(client.Call("Again.Ask", 21, &answer), answer, client.Close())`, "<nil> 42 <nil>"},
	} {
		t.Run(test.name, func(t *T) {
			nb := t.open()
			nb.run(`import ("encoding/gob"; "database/sql"; "database/sql/driver"; "expvar"; "net/http/httptest")
var flags = flag.NewFlagSet("flags", flag.ContinueOnError)
var server = rpc.NewServer()`)
			version := func(v string) string { return strings.ReplaceAll(test.register, "V", v) }
			for _, v := range []string{"1", "1", "2", "2"} {
				if _, f := nb.rerun("one", version(v)); f != nil {
					t.Fatalf("version %s: %v", v, f)
				}
			}
			if got, f := nb.rerun("ask", test.ask); f != nil || got != test.want {
				t.Errorf("asked, it says %q, %v; want %q", got, f, test.want)
			}
			if test.name == "rpc" {
				return // which answers with an error, not a panic
			}
			other := nb.n + 1
			_, f := nb.rerun("two", version("3"))
			if f == nil || !strings.Contains(f.Value, "by cell 5 already") || !strings.Contains(f.Value, "and cell 7 registers it again") {
				t.Errorf("cell %d registers it again: %v", other, f)
			}
			if _, f := nb.rerun("one", version("2")); f != nil {
				t.Fatalf("once more: %v", f)
			}
			if got, f := nb.rerun("ask", test.ask); f != nil || got != test.want {
				t.Errorf("afterwards it says %q, %v", got, f)
			}
		})
	}
}

// Within one run a name that comes twice is an error as in Go.
func contract6_RegisteredTwice(t *T) {
	nb := t.open()
	const twice = `http.HandleFunc("/twice", http.NotFound); http.HandleFunc("/twice", http.NotFound)`
	for range 2 {
		if _, f := nb.rerun("one", twice); f == nil || !strings.Contains(f.Value, "conflicts with pattern") {
			t.Errorf("failure %v", f)
		}
	}
	// Without an origin, the same source is the same cell.
	const once = `flag.Int("once", 1, "")`
	nb.run(once)
	nb.run(once)
	if _, r := nb.exec(once + " // another cell"); r.Failure == nil || !strings.Contains(r.Failure.Value, "registered by cell 4 already") {
		t.Errorf("another cell: %+v", r.Failure)
	}
}
