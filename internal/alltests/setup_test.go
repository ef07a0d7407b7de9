package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gosched/gosched/install"
)

// What is not here is installed where that may be done, and told where not.
func TestNeeds(t *testing.T) {
	s := newScene(t, map[string]string{"gcc": "", "git": "", "google-chrome": ""})
	names := func(missing []need) string { return " " + strings.Join(packages(missing), " ") + " " }
	here := names(missingNeeds(t.Context(), s.host))
	for pkg, want := range map[string]bool{"gcc": false, "git": false, headless: false, "npm": true, "buildah": true, "qemu-user-static": true, "python3": true} {
		if strings.Contains(here, " "+pkg+" ") != want {
			t.Errorf("%s is missing: %v, of%s", pkg, !want, here)
		}
	}
	if missing := meetNeeds(t.Context(), s.host, &s.said); names(missing) != here || !strings.Contains(s.said.String(), "npm is not here, which is for the panel") {
		t.Errorf("not root: missing are%s\n%s", names(missing), &s.said)
	}

	s.host.Root = true
	s.tool(t, "tools/apt-get", `for p in "$@"; do [ $p != npm ] || cp "$0" "$SCENE/tools/npm"; done`)
	missing := names(meetNeeds(t.Context(), s.host, &s.said))
	if calls := s.called(t); !strings.Contains(calls, "apt-get -q -y --no-install-recommends install ") {
		t.Errorf("root: called\n%s", calls)
	}
	if !strings.Contains(missing, " "+headless+" ") {
		t.Errorf("root: another Chromium will do, of%s", missing)
	}
	if strings.Contains(missing, " npm ") || !strings.Contains(missing, " buildah ") || !strings.Contains(s.said.String(), "installing the Debian package npm") {
		t.Errorf("root: missing are%s\n%s", missing, &s.said)
	}
	s.tool(t, "tools/apt-get", "echo no network; exit 1")
	if meetNeeds(t.Context(), s.host, &s.said); !strings.Contains(s.said.String(), "no network") {
		t.Errorf("said\n%s", &s.said)
	}

	mac := install.Host{OS: "darwin"}
	if !hasHeaders(t.Context(), mac) || !hasFonts(t.Context(), mac) {
		t.Error("a Mac has headers and fonts")
	}
}

// The setup builds gosched and installs its kernel for the Python tests.
func TestSetUp(t *testing.T) {
	s := newScene(t, map[string]string{"go": `if [ $1 = build ]; then while [ "$1" != -o ]; do shift; done; mkdir -p "$(dirname "$2")"; cp "$0" "$2"; fi`})
	s.ready(t, s.env, map[string]string{"python": ""})
	if err := s.setUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	calls := s.called(t)
	if want := "gosched install --prefix " + s.env.Dir; !strings.Contains(calls, "go build ") || !strings.Contains(calls, want) {
		t.Errorf("no %q in\n%s", want, calls)
	}
	if len(s.absent) == 0 {
		t.Error("nothing is absent")
	}

	// Without Python there are no Python tests; with strict there must be.
	if err := os.RemoveAll(s.env.Dir); err != nil {
		t.Fatal(err)
	}
	s.host.Environ = append(s.host.Environ, "GOSCHED_PYTHON="+s.path("none"))
	if err := s.setUp(t.Context()); err != nil || strings.Contains(s.called(t), "install") {
		t.Errorf("without Python: %v", err)
	}
	s.strict = true
	if err := s.setUp(t.Context()); err == nil || !strings.Contains(err.Error(), "GOSCHED_PYTHON") {
		t.Errorf("without Python, strict: %v", err)
	}
}

func junit(results ...string) string {
	var b strings.Builder
	b.WriteString("<testsuites><testsuite>")
	for i, result := range results {
		fmt.Fprintf(&b, `<testcase classname="tests.test_x" name="test_%d">%s</testcase>`, i, result)
	}
	return b.String() + "</testsuite></testsuites>"
}

// What fails in Python once and then passes is flaky.
func TestPython(t *testing.T) {
	const failure = "<failure/>"
	for name, tt := range map[string]struct {
		reports       []string // of one run after the other
		status        int
		passed        int
		failed, flaky string
		problem       string
	}{
		"passes":    {reports: []string{junit("", "")}, passed: 2},
		"flaky":     {reports: []string{junit("", failure), junit("")}, passed: 2, flaky: "tests.test_x test_1"},
		"fails":     {reports: []string{junit("", failure), junit("", failure), junit("", failure)}, passed: 1, failed: "tests.test_x test_1"},
		"no report": {problem: "no such file"},
		"dies":      {reports: []string{junit("")}, status: 3, passed: 1, problem: "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, nil)
			s.ready(t, s.env, map[string]string{"python": `while [ "$1" != --junitxml ]; do shift; done
n=$(cat "$SCENE/runs" 2>/dev/null || echo 0); echo $((n + 1)) >"$SCENE/runs"
[ ! -e "$SCENE/report$n" ] || cp "$SCENE/report$n" "$2"
grep -q failure "$2" && exit 1; exit ` + fmt.Sprint(tt.status)})
			for i, report := range tt.reports {
				s.write(t, fmt.Sprintf("report%d", i), report)
			}
			result, err := pythonTest(t.Context(), s.tree)
			if (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("error %v, want %q", err, tt.problem)
			}
			if result.passed != tt.passed || strings.Join(result.failures, " ") != tt.failed || strings.Join(result.flaky, " ") != tt.flaky {
				t.Errorf("%+v", result)
			}
			if calls := s.called(t); !strings.Contains(calls, "all=1") || strings.Count(calls, "\n") != max(1, len(tt.reports)) {
				t.Errorf("called\n%s", calls)
			}
		})
	}
}

// The panel is linted, tested, and built, and what is built must be what is carried along,
// which stays as it is.
func TestPanel(t *testing.T) {
	const same = `d="$(dirname "$0")/../install/labextension"; mkdir "$d"; echo "run()" >"$d/243.js"`
	for _, tt := range []struct{ npm, build, failed string }{
		{"", same, ""},
		{`[ "$2" != lint ]`, same, "panel lint"},
		{"", strings.Replace(same, "run", "other", 1), "panel build"},
		{"exit 1", same, "get what the panel is built with"},
		{"", "exit 1", "build the panel"},
		{"", "", "read the panel"},
	} {
		s := newScene(t, map[string]string{"npm": tt.npm})
		s.write(t, "install/labextension/243.js", "run()\n")
		s.write(t, "labextension/node_modules/old/x.js", "")
		s.tool(t, "labextension/build", tt.build)
		result, err := panel(t.Context(), s.tree)
		if carried, _ := os.ReadFile(s.path("install/labextension/243.js")); string(carried) != "run()\n" {
			t.Errorf("the build %q changes what is carried along: %q", tt.build, carried)
		}
		if _, err := os.Stat(s.path(".test/panel/labextension/node_modules")); err == nil {
			t.Error("what was made in the folder of the sources is taken for sources")
		}
		if told := fmt.Sprint(result.failures, err); tt.failed == "" && (err != nil || result.passed != 3) || !strings.Contains(told, tt.failed) {
			t.Errorf("npm does %q and the build %q: %+v, %v", tt.npm, tt.build, result, err)
		}
	}
}

// Where nothing is known of vulnerabilities, that is told.
func TestAudit(t *testing.T) {
	s := newScene(t, map[string]string{"go": fakeGo})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if result, err := audit(over, s.tree); err != nil || result.failed > 0 || result.passed > 0 {
		t.Errorf("%+v, %v", result, err)
	}
	for _, name := range []string{"govulncheck", "pip-audit"} {
		if !strings.Contains(s.said.String(), name+" has nothing to compare with here") {
			t.Errorf("nothing of %s in\n%s", name, &s.said)
		}
	}
	if err := auditGo(t.Context(), s.tree); err != nil || !strings.Contains(s.called(t), "govulncheck ./...") {
		t.Errorf("govulncheck: %v", err)
	}
	for report, want := range map[string]string{
		`{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}`:                  "",
		`{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}`: "install/requirements.txt:\na 1 has PYSEC-1",
		`{"dependencies": [{"name": "a", "skip_reason": "not found"}]}`:                   errNoData.Error(),
		"": "read the report",
	} {
		env := install.Environment{Dir: s.path(".test", "audit"), Requirements: auditRequirements}
		s.write(t, "report", report)
		s.ready(t, env, map[string]string{"python": "", "pip-audit": `cat "$SCENE/report"; exit 1`})
		if err := auditPython(t.Context(), s.tree); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", report, err, want)
		}
		if calls := s.called(t); strings.Count(calls, "pip-audit ") != len(locks) {
			t.Errorf("called\n%s", calls)
		}
	}
}

func TestReach(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/here" {
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	for address, ok := range map[string]bool{server.URL + "/here": true, server.URL + "/gone": false, "http://127.0.0.1:1/": false, "://": false} {
		if err := reach(t.Context(), address); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}
