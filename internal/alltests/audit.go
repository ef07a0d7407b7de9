package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"github.com/gosched/gosched/install"
)

//go:embed audit.txt
var auditRequirements []byte

// Where the known vulnerabilities are published. A machine that cannot reach
// them says so and checks nothing.
const (
	goVulnerabilities     = "https://vuln.go.dev/index/db.json"
	pythonVulnerabilities = "https://pypi.org/pypi/pip/json"
)

// reachTimeout bounds how long the question may take whether data can be had.
const reachTimeout = 10 * time.Second

// locks are the requirements files that people install.
var locks = []string{"install/requirements.txt", "install/requirements-image.txt", "install/requirements-sbom.txt"}

// audit asks whether anything that the project is made of has a known
// vulnerability.
func audit(ctx context.Context, t *tree) (result tally, err error) {
	for _, check := range []struct {
		name, data string
		run        func(context.Context, *tree) error
	}{
		{"govulncheck", goVulnerabilities, auditGo},
		{"pip-audit", pythonVulnerabilities, auditPython},
	} {
		if err := reach(ctx, check.data); err != nil {
			fmt.Fprintf(t.out, "%s has nothing to compare with here: %v\n", check.name, err)
			continue
		}
		err := check.run(ctx, t)
		if errors.Is(err, errNoData) {
			fmt.Fprintf(t.out, "%s has nothing to compare with here: %v\n", check.name, err)
			continue
		}
		if err != nil {
			fmt.Fprintf(t.out, "%s: %v\n", check.name, err)
			result.fail(check.name)
			continue
		}
		result.pass()
	}
	return result, nil
}

// reach says why an address cannot be read.
func reach(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, response.Status)
	}
	return nil
}

func auditGo(ctx context.Context, t *tree) error {
	return t.tool(ctx, 0, "govulncheck", "./...").Run()
}

func auditPython(ctx context.Context, t *tree) error {
	env := install.Environment{Dir: t.path(".test", "audit"), Requirements: auditRequirements}
	if !env.Ready() {
		python, err := t.host.FindPython(ctx)
		if err != nil {
			return err
		}
		if err := env.Make(ctx, t.host, python, func(string) {}); err != nil {
			return err
		}
	}
	var failures []error
	var noData error
	for _, lock := range locks {
		cmd := t.command(ctx, env.Bin("pip-audit"), "--no-deps", "--disable-pip", "--format", "json", "-r", lock)
		var report bytes.Buffer
		cmd.Stdout = &report
		var exit *exec.ExitError // 1: it has found something
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			return err
		}
		switch err := readAudit(lock, report.Bytes()); {
		case errors.Is(err, errNoData):
			noData = err
		case err != nil:
			failures = append(failures, err)
		}
	}
	if len(failures) == 0 {
		return noData
	}
	return errors.Join(failures...)
}

// errNoData says that an index answers for packages but publishes no
// vulnerabilities of any: a mirror that serves files only.
var errNoData = errors.New("the index knows the vulnerabilities of no package")

// readAudit reads the report of pip-audit, and says what has been found.
func readAudit(lock string, report []byte) error {
	var audited struct {
		Dependencies []struct {
			Name    string `json:"name"`
			Version string `json:"version"`
			Skipped string `json:"skip_reason"`
			Vulns   []struct {
				ID  string   `json:"id"`
				Fix []string `json:"fix_versions"`
			} `json:"vulns"`
		} `json:"dependencies"`
	}
	if err := json.Unmarshal(report, &audited); err != nil {
		return fmt.Errorf("read the report of pip-audit on %s: %w", lock, err)
	}
	var found []string
	skipped := 0
	for _, d := range audited.Dependencies {
		if d.Skipped != "" {
			found = append(found, d.Skipped)
			skipped++
		}
		for _, v := range d.Vulns {
			found = append(found, fmt.Sprintf("%s %s has %s, mended in %s", d.Name, d.Version, v.ID, strings.Join(v.Fix, ", ")))
		}
	}
	if skipped > 0 && skipped == len(audited.Dependencies) {
		return fmt.Errorf("%s: %w", lock, errNoData)
	}
	if len(found) > 0 {
		return fmt.Errorf("%s:\n%s", lock, strings.Join(found, "\n"))
	}
	return nil
}

// tool is one of the programs that tools/go.mod pins, which lets others go first.
func (t *tree) tool(ctx context.Context, niceness int, name string, args ...string) *exec.Cmd {
	modfile := t.path("internal", "alltests", "tools", "go.mod")
	return t.nice(ctx, niceness, append([]string{"go", "tool", "-modfile=" + modfile, name}, args...)...)
}
