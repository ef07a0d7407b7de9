package install

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScriptTemplate(t *testing.T) {
	l := &Lab{Environment: Environment{Dir: t.TempDir()}}
	for range 2 { // each start of the lab puts it there
		if err := l.addScript(); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]string{
		"etc/jupyter/jupyter_nbconvert_config.py":             `template_name = "gosched"`,
		"etc/jupyter/jupyter_server_config.py":                `load_subconfig("jupyter_nbconvert_config.py")`,
		"share/jupyter/nbconvert/templates/gosched/conf.json": `"base_template": "base"`,
		"share/jupyter/nbconvert/templates/gosched/script.j2": "// %%",
	} {
		text, err := os.ReadFile(filepath.Join(l.Dir, file))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v\n%s", file, err, text)
		}
	}
}
